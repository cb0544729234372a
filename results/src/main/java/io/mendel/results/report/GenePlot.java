package io.mendel.results.report;

import static io.mendel.results.report.Figures.coordinate;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Parallel coordinates of the genes: one line per candidate, the archive coloured by the main score. */
final class GenePlot {
    private static final int TOP = 14;
    private static final int PLOT_HEIGHT = 250;
    private static final int LEFT = 50;
    private static final int LEAST_STEP = 34;
    private static final int MOST_FAINT = 400;
    private static final int LABEL_LENGTH = 26;

    private final List<String> names;
    private final List<Trial> trials;
    private final int genes;

    GenePlot(ReportData data, List<Trial> trials) {
        this.names = data.contents().info().genes();
        this.trials = trials.stream()
                .filter(trial -> !trial.candidate().genes().isEmpty())
                .toList();
        this.genes = this.trials.stream()
                .mapToInt(trial -> trial.candidate().genes().size())
                .max()
                .orElse(0);
    }

    String html() {
        if (genes < 2) {
            return "<p class=\"empty\">"
                    + (trials.isEmpty()
                            ? "No candidate with genes has been scored yet."
                            : "There is one gene only.")
                    + "</p>\n";
        }
        var archive = trials.stream()
                .filter(trial -> trial.inArchive() || trial.winner())
                .sorted(Comparator.comparing(Trial::winner)
                        .thenComparing(Comparator.comparingDouble(Trial::main)))
                .toList();
        return scale(archive) + "<div class=\"scroll\"><figure>" + plot(archive)
                + "</figure></div>\n";
    }

    private String plot(List<Trial> archive) {
        int step = Math.max(LEAST_STEP, Math.min(160, 1130 / genes));
        int longest = IntStream.range(0, genes).map(gene -> name(gene).length()).max().orElse(0);
        int height = TOP + PLOT_HEIGHT + 24 + (int) (longest * 4.8);
        int left = Math.max(LEFT, (int) (longest * 4.8) + 6);
        int width = left + (genes - 1) * step + 30;
        var drawing = new Drawing(width, height,
                "genes of " + trials.size() + " candidates as parallel coordinates");
        var axes = IntStream.range(0, genes).mapToObj(this::axis).toList();
        boolean unit = axes.stream().allMatch(axis -> axis.low() == 0 && axis.high() == 1);
        if (unit) {
            for (double tick : axes.getFirst().ticks(4)) {
                double y = axes.getFirst().pixel(tick);
                drawing.line(left, y, left + (genes - 1.0) * step, y, "grid");
                drawing.text(left - 8, y + 4, "end", "tick", axes.getFirst().label(tick, 4));
            }
        }
        var faint = trials.stream().filter(trial -> !archive.contains(trial)).toList();
        for (var trial : faint.subList(Math.max(0, faint.size() - MOST_FAINT), faint.size())) {
            drawing.add(line(trial, axes, left, step, "gene", ""));
        }
        double low = archive.stream().mapToDouble(Trial::main).min().orElse(0);
        double high = archive.stream().mapToDouble(Trial::main).max().orElse(1);
        for (var trial : archive) {
            double share = high > low ? (trial.main() - low) / (high - low) : 1;
            drawing.add(line(trial, axes, left, step, trial.winner() ? "gene winner" : "gene best",
                    trial.winner() || Double.isNaN(share)
                            ? ""
                            : String.format(Locale.ROOT, " style=\"--q:%.0f%%\"", share * 100)));
        }
        for (int gene = 0; gene < genes; gene++) {
            double x = left + gene * (double) step;
            drawing.line(x, TOP, x, TOP + (double) PLOT_HEIGHT, "axis");
            drawing.add("<text class=\"tick\" text-anchor=\"end\" transform=\"translate("
                    + coordinate(x + 4) + " "
                    + (TOP + PLOT_HEIGHT + 14) + ") rotate(-45)\">" + Html.escape(name(gene))
                    + "<title>"
                    + Html.escape(gene < names.size() ? names.get(gene) : name(gene)) + (unit
                            ? ""
                            : ", " + Figures.of(axes.get(gene).low()) + " to "
                                    + Figures.of(axes.get(gene).high()))
                    + "</title></text>");
        }
        return drawing.end()
                .replaceFirst("<svg ",
                        "<svg style=\"min-width:" + Math.min(width, genes * LEAST_STEP + left)
                                + "px;max-width:" + width * 11 / 10 + "px\" ");
    }

    /** The unit interval for genes that lie in it, else the range found. */
    private Axis axis(int gene) {
        var range = trials.stream()
                .filter(trial -> gene < trial.candidate().genes().size())
                .mapToDouble(trial -> trial.candidate().genes().get(gene))
                .summaryStatistics();
        boolean unit = range.getMin() >= 0 && range.getMax() <= 1;
        double width = range.getMax() - range.getMin();
        return unit
                ? new Axis(0, 1, TOP + PLOT_HEIGHT, TOP, false)
                : new Axis(range.getMin(), range.getMin() + (width > 0 ? width : 1),
                        TOP + PLOT_HEIGHT, TOP, false);
    }

    private String line(Trial trial, List<Axis> axes, int left, int step, String style,
            String attributes) {
        var points = new StringBuilder();
        for (int gene = 0; gene < trial.candidate().genes().size(); gene++) {
            points.append(gene == 0 ? "" : " ")
                    .append(left + gene * step)
                    .append(',')
                    .append(coordinate(axes.get(gene).pixel(trial.candidate().genes().get(gene))));
        }
        return "<polyline class=\"" + style + "\"" + attributes + " data-id=\"" + trial.id()
                + "\" points=\"" + points + "\"/>";
    }

    private String name(int gene) {
        return gene < names.size() ? Html.cut(names.get(gene), LABEL_LENGTH) : "gene " + gene;
    }

    private String scale(List<Trial> archive) {
        var mains = archive.stream()
                .mapToDouble(Trial::main)
                .filter(Double::isFinite)
                .summaryStatistics();
        return "<p class=\"legend\"><span><i class=\"stroke\"></i> candidate</span> "
                + (mains.getCount() == 0 || mains.getMin() == mains.getMax()
                        ? ""
                        : "<span>archive by main score: " + Figures.of(mains.getMin())
                                + " <i class=\"ramp\"></i> " + Figures.of(mains.getMax())
                                + "</span> ")
                + (archive.stream().anyMatch(Trial::winner)
                        ? "<span><i class=\"stroke winner\"></i> winner</span>"
                        : "")
                + "</p>\n";
    }
}
