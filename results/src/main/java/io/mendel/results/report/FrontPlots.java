package io.mendel.results.report;

import static io.mendel.results.report.Figures.coordinate;

import io.mendel.results.Baseline;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.pareto.Direction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/** Scatter plots of each pair of objectives, the archive in colour, the baselines and the winner named. */
final class FrontPlots {
    private static final int WIDTH = 400;
    private static final int HEIGHT = 350;
    private static final int MOST_PAIRS = 10;

    private final List<ObjectiveDefinition> objectives;
    private final List<Trial> trials;
    private final List<Baseline> baselines;

    FrontPlots(ReportData data, List<Trial> trials) {
        this.objectives = data.contents().info().objectives();
        this.baselines = data.contents().baselines();
        // Drawn last is on top: the archive over the others, the winner over the archive.
        this.trials = trials.stream()
                .sorted(Comparator.comparing(Trial::winner)
                        .thenComparing(Trial::inArchive)
                        .thenComparingLong(Trial::id))
                .toList();
    }

    String html() {
        if (objectives.size() == 1) {
            return "<p class=\"empty\">There is one objective only, so there is nothing to trade off.</p>\n";
        }
        if (trials.isEmpty()) {
            return "<p class=\"empty\">No candidate has been scored yet.</p>\n";
        }
        var plots = new ArrayList<String>();
        for (int i = 0; i < objectives.size(); i++) {
            for (int j = i + 1; j < objectives.size(); j++) {
                plots.add("<figure>" + plot(objectives.get(i), objectives.get(j)) + "</figure>\n");
            }
        }
        var shown = plots.subList(0, Math.min(MOST_PAIRS, plots.size()));
        var note = shown.size() == plots.size()
                ? ""
                : "<p class=\"note\">The first " + MOST_PAIRS + " of " + plots.size()
                        + " pairs of objectives.</p>\n";
        return legend() + "<div class=\"multiples" + (shown.size() == 1 ? " single" : "") + "\">\n"
                + String.join("", shown)
                + "</div>\n" + note;
    }

    private String legend() {
        return "<p class=\"legend\"><span><svg class=\"key\" viewBox=\"0 0 14 14\" aria-hidden=\"true\">"
                + "<circle class=\"dot\" cx=\"7\" cy=\"7\" r=\"4\"/></svg> candidate</span> "
                + "<span><svg class=\"key\" viewBox=\"0 0 14 14\" aria-hidden=\"true\"><circle class=\"dot best\" cx=\"7\" cy=\"7\" "
                + "r=\"5\"/></svg> archive (not dominated)</span> "
                + (trials.stream().anyMatch(Trial::winner)
                        ? "<span><svg class=\"key\" viewBox=\"0 0 14 14\" aria-hidden=\"true\">"
                                + star(7, 7, 7, "") + "</svg> winner</span> "
                        : "")
                + (baselines.isEmpty()
                        ? ""
                        : "<span><svg class=\"key\" viewBox=\"0 0 14 14\" aria-hidden=\"true\">"
                                + diamond(7, 7)
                                + "</svg> baseline</span>")
                + "</p>\n";
    }

    private String plot(ObjectiveDefinition across, ObjectiveDefinition up) {
        var drawing = new Drawing(WIDTH, HEIGHT,
                up.name() + " against " + across.name() + " for " + trials.size()
                        + " candidates");
        var x = axis(across, 66, WIDTH - 14);
        var y = axis(up, HEIGHT - 48, 12);
        drawing.axes(x, y, title(across), title(up), 5, 6);
        if (objectives.size() == 2) {
            front(drawing, x, y, across, up);
        }
        for (var trial : trials) {
            double px = x.pixel(trial.objective(across.name()));
            double py = y.pixel(trial.objective(up.name()));
            if (Double.isFinite(px) && Double.isFinite(py)) {
                drawing.add(mark(trial, px, py));
                if (trial.inArchive() || trial.winner()) {
                    drawing.avoid(px, py, trial.winner() ? 8 : 4);
                }
            }
        }
        record Place(String name, double x, double y) {}
        var places = baselines.stream()
                .map(baseline -> new Place(baseline.name(),
                        x.pixel(baseline.objectives().getOrDefault(across.name(), Double.NaN)),
                        y.pixel(baseline.objectives().getOrDefault(up.name(), Double.NaN))))
                .filter(place -> Double.isFinite(place.x()) && Double.isFinite(place.y()))
                .toList();
        for (var place : places) {
            drawing.avoid(place.x(), place.y(), 6);
            drawing.add(diamond(place.x(), place.y()));
        }
        for (var place : places) {
            drawing.label(place.x(), place.y(), "name", Html.cut(place.name(), 20));
        }
        return drawing.end();
    }

    private Axis axis(ObjectiveDefinition objective, double start, double end) {
        var values = DoubleStream.concat(
                trials.stream().mapToDouble(trial -> trial.objective(objective.name())),
                baselines.stream()
                        .mapToDouble(
                                b -> b.objectives().getOrDefault(objective.name(), Double.NaN)));
        return Axis.around(values, start, end);
    }

    static String title(ObjectiveDefinition objective) {
        return Html.cut(objective.name(), 24)
                + (objective.direction() == Direction.MAXIMIZE
                        ? " (more is better)"
                        : " (less is better)");
    }

    /** The staircase that bounds what the archive dominates. */
    private void front(Drawing drawing, Axis x, Axis y, ObjectiveDefinition across,
            ObjectiveDefinition up) {
        var steps = new StringBuilder();
        double last = Double.NaN;
        for (var trial : trials.stream()
                .filter(Trial::inArchive)
                .sorted(Comparator.comparingDouble(trial -> trial.objective(across.name())))
                .toList()) {
            double px = x.pixel(trial.objective(across.name()));
            double py = y.pixel(trial.objective(up.name()));
            if (steps.isEmpty()) {
                steps.append('M').append(coordinate(px)).append(' ').append(coordinate(py));
            } else if (across.direction() == Direction.MAXIMIZE) {
                steps.append('V').append(coordinate(py)).append('H').append(coordinate(px));
            } else {
                steps.append('H').append(coordinate(px)).append('V').append(coordinate(py));
            }
            last = px;
        }
        if (Double.isFinite(last)) {
            drawing.add("<path class=\"front\" d=\"" + steps + "\"/>");
        }
    }

    private static String mark(Trial trial, double x, double y) {
        var id = " data-id=\"" + trial.id() + "\"";
        if (trial.winner()) {
            return star(x, y, 9, id);
        }
        return "<circle class=\"dot" + (trial.inArchive() ? " best" : "") + "\"" + id + " cx=\""
                + coordinate(x) + "\" cy=\""
                + coordinate(y) + "\" r=\"" + (trial.inArchive() ? "4.5" : "3") + "\"/>";
    }

    static String diamond(double x, double y) {
        return "<path class=\"base\" d=\"M" + coordinate(x) + " " + coordinate(y - 6)
                + "l6 6l-6 6l-6 -6z\"/>";
    }

    static String star(double x, double y, double radius, String attributes) {
        var points = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            double r = i % 2 == 0 ? radius : radius * 0.45;
            double angle = Math.PI * (i / 5.0 - 0.5);
            points.append(i == 0 ? "" : " ")
                    .append(coordinate(x + r * Math.cos(angle)))
                    .append(',')
                    .append(coordinate(y + r * Math.sin(angle)));
        }
        return "<polygon class=\"star\"" + attributes + " points=\"" + points + "\"/>";
    }
}
