package io.mendel.results.report;

import static io.mendel.results.report.Figures.coordinate;

import io.mendel.results.report.LayerPath.Part;
import io.mendel.results.report.LayerPath.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The paths of the archive's candidates: a row for each, a bar for each layer.
 *
 * <p>
 * A bar's colour and letter say which parent the layer is of, its height the scale of the hidden state; a merged layer is
 * cut into the shares of its parents. Colours are of middle brightness, so that they show on white and on black, and every
 * bar has a text, so that nothing hangs on colours.
 */
final class PathPicture {

    private static final List<String> COLOURS = List.of("#3b7dd8", "#e08a1e", "#2e9d6e", "#c5528f",
            "#8567d1", "#a8862b", "#2f9aad", "#9a5b4f");
    private static final int MOST_ROWS = 30;
    private static final int WIDE = 26;
    private static final int NARROW = 8;
    private static final int LABELLED_STEPS = 64;
    private static final int LEFT = 150;
    private static final int UNIT = 20;
    private static final double TALLEST = 1.6;
    private static final int ROW = 56;
    private static final int LEGEND_ROW = 20;
    private static final int LEGEND_WIDTH = 210;
    private static final String STYLE = """
            <style>text{font:12px system-ui,sans-serif;fill:#1c2430}.tick{font-size:11px;fill:#5b6675}\
            .axis{stroke:#c3cad3}@media(prefers-color-scheme:dark){svg{background:#14171c}text{fill:#e3e7ed}\
            .tick{fill:#9aa5b4}.axis{stroke:#4a5462}}</style>
            """;

    private final List<Row> rows;
    private final List<String> models;

    /** A candidate with its path. */
    private record Row(Trial trial, LayerPath path) {}

    PathPicture(List<Trial> trials) {
        var found = new ArrayList<Row>();
        trials.stream()
                .filter(trial -> trial.inArchive() || trial.winner())
                .sorted(Comparator.comparing(Trial::winner)
                        .reversed()
                        .thenComparingDouble(trial -> -trial.main())
                        .thenComparingLong(Trial::id))
                .forEach(trial -> {
                    LayerPath path = LayerPath.of(trial.candidate().recipe());
                    if (path != null && found.size() < MOST_ROWS) {
                        found.add(new Row(trial, path));
                    }
                });
        this.rows = List.copyOf(found);
        var names = new LinkedHashSet<String>();
        rows.forEach(row -> row.path()
                .steps()
                .forEach(step -> step.parts().forEach(part -> names.add(part.model()))));
        this.models = names.stream().sorted().toList();
    }

    /** Whether there is anything to draw. */
    boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The picture and the paths in words. */
    String html() {
        var words = new StringBuilder(
                "<details><summary>Paths in words</summary>\n<table><thead><tr><th>candidate</th><th class=\"text\">path</th></tr></thead>\n<tbody>\n");
        for (Row row : rows) {
            words.append(row.trial().winner() ? "<tr class=\"winner\">" : "<tr>")
                    .append("<th>")
                    .append(row.trial().id())
                    .append("</th><td class=\"text\">")
                    .append(Html.escape(row.path().text(models)))
                    .append("</td></tr>\n");
        }
        String picture = drawing();
        int width = width();
        return "<div class=\"scroll\"><figure>"
                + picture.replaceFirst("<svg ",
                        "<svg style=\"width:" + width + "px;min-width:" + width + "px\" ")
                + "</figure></div>\n<p class=\"note\">The height of a bar is the scale of the hidden state that enters the layer. A merged layer is cut into its parents’ shares and named by the largest.</p>\n"
                + words + "</tbody></table></details>\n";
    }

    /** The picture as a file of its own; null if there is nothing to draw. */
    @Nullable
    String svg() {
        return isEmpty()
                ? null
                : drawing().replaceFirst("<svg ",
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width()
                                + "\" height=\"" + height() + "\" ")
                        .replaceFirst(">\n", ">\n" + STYLE);
    }

    private int longest() {
        return rows.stream().mapToInt(row -> row.path().steps().size()).max().orElse(0);
    }

    private int cell() {
        return longest() <= LABELLED_STEPS ? WIDE : NARROW;
    }

    private int width() {
        return Math.max(LEFT + longest() * cell() + 20, LEFT + LEGEND_WIDTH);
    }

    private int columns() {
        return Math.max(1, (width() - 10) / LEGEND_WIDTH);
    }

    private int legendHeight() {
        return (models.size() + columns() - 1) / columns() * LEGEND_ROW + 12;
    }

    private int height() {
        return legendHeight() + rows.size() * ROW + 4;
    }

    private String drawing() {
        var drawing = new Drawing(width(), height(), "paths of " + rows.size()
                + " candidates through the layers of " + models.size() + " models");
        for (int i = 0; i < models.size(); i++) {
            double x = 10 + i % columns() * (double) LEGEND_WIDTH;
            int row = i / columns();
            double y = 4 + (double) row * LEGEND_ROW;
            bar(drawing, x, y, 14, 12, models.get(i));
            drawing.text(x + 20, y + 11, "start", "", LayerPath.letter(models.get(i), models)
                    + "  " + Html.cut(models.get(i), 26));
        }
        for (int i = 0; i < rows.size(); i++) {
            row(drawing, rows.get(i), legendHeight() + i * (double) ROW);
        }
        return drawing.end();
    }

    private void row(Drawing drawing, Row row, double top) {
        Trial trial = row.trial();
        double middle = top + UNIT * TALLEST / 2 + 2;
        drawing.text(10, middle, "start", "", (trial.winner() ? "★ winner " : "candidate ")
                + trial.id());
        drawing.text(10, middle + 14, "start", "tick", row.path().steps().size() + " layers"
                + (Double.isFinite(trial.main()) ? ", main " + Figures.of(trial.main()) : ""));
        int cell = cell();
        double end = LEFT + row.path().steps().size() * (double) cell;
        drawing.line(LEFT - 6.0, middle, end + 6, middle, "axis");
        for (int i = 0; i < row.path().steps().size(); i++) {
            Step step = row.path().steps().get(i);
            double x = LEFT + i * (double) cell;
            drawing.add("<g><title>" + Html.escape(title(i, step)) + "</title>");
            double height = UNIT * Math.clamp(step.scale(), 0.15, TALLEST);
            double y = middle - height / 2;
            for (Part part : step.parts()) {
                bar(drawing, x + 1, y, cell - 2.0, height * part.share(), part.model());
                y += height * part.share();
            }
            if (cell == WIDE) {
                drawing.text(x + cell / 2.0, top + UNIT * TALLEST + 14, "middle", "tick",
                        label(step));
            }
            drawing.add("</g>");
        }
    }

    /** The layer, or the largest part of a merged one with a plus. */
    private String label(Step step) {
        Part largest = step.parts()
                .stream()
                .max(Comparator.comparingDouble(Part::share))
                .orElseThrow();
        return LayerPath.letter(largest.model(), models) + largest.layer()
                + (step.parts().size() > 1 ? "+" : "");
    }

    private String title(int index, Step step) {
        var text = new StringBuilder("step ").append(index + 1).append(": ");
        for (int i = 0; i < step.parts().size(); i++) {
            Part part = step.parts().get(i);
            text.append(i == 0 ? "" : " + ")
                    .append(step.parts().size() == 1
                            ? ""
                            : String.format(Locale.ROOT, "%.0f %% ", 100 * part.share()))
                    .append(part.model())
                    .append(" layer ")
                    .append(part.layer());
        }
        return text.append(", scale ").append(Figures.of(step.scale())).toString();
    }

    private void bar(Drawing drawing, double x, double y, double width, double height,
            String model) {
        drawing.add("<rect x=\"" + coordinate(x) + "\" y=\"" + coordinate(y) + "\" width=\""
                + coordinate(width) + "\" height=\"" + coordinate(Math.max(0.5, height))
                + "\" rx=\"2\" fill=\""
                + COLOURS.get(models.indexOf(model) % COLOURS.size()) + "\"/>");
    }
}
