package io.mendel.results.report;

import static io.mendel.results.report.Figures.coordinate;

import io.mendel.results.Baseline;
import io.mendel.results.GenerationSummary;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/** How the main score and the hypervolume grew with the evaluations. */
final class ProgressPlots {
    private static final int WIDTH = 600;
    private static final int HEIGHT = 330;
    private static final int ROOM_FOR_NAMES = 130;
    private static final int NAME_HEIGHT = 14;

    private final ReportData data;
    private final List<Trial> trials;
    private final List<GenerationSummary> history;

    ProgressPlots(ReportData data, List<Trial> trials) {
        this.data = data;
        this.trials = trials;
        this.history = data.contents().history();
    }

    String html() {
        boolean scores = trials.stream().anyMatch(trial -> Double.isFinite(trial.main()));
        boolean volumes = history.stream()
                .anyMatch(summary -> Double.isFinite(summary.hypervolume()));
        if (!scores && !volumes) {
            return "<p class=\"empty\">No generation is complete yet.</p>\n";
        }
        return "<div class=\"multiples wide" + (scores && volumes ? "" : " single") + "\">\n"
                + (scores
                        ? "<figure>" + scores()
                                + "<figcaption>Each candidate’s main score on the search items, and the best so "
                                + "far. The best is an optimistic estimate: it was picked for being the best.</figcaption></figure>\n"
                        : "")
                + (volumes
                        ? "<figure>" + volumes()
                                + "<figcaption>Hypervolume of the archive after each generation."
                                + "</figcaption></figure>\n"
                        : "")
                + "</div>\n";
    }

    private String scores() {
        var drawing = new Drawing(WIDTH, HEIGHT,
                "main score against candidate, with the best so far");
        var candidates = data.contents().candidates();
        var marks = data.contents()
                .baselines()
                .stream()
                .filter(b -> Double.isFinite(main(b)))
                .sorted(Comparator.comparingDouble(this::main).reversed())
                .toList();
        var y = Axis.around(
                DoubleStream.concat(trials.stream().mapToDouble(Trial::main),
                        marks.stream().mapToDouble(this::main)),
                HEIGHT - 48, 12);
        var x = Axis.counting(candidates.size(), 66,
                WIDTH - (marks.isEmpty() ? 14 : ROOM_FOR_NAMES));
        drawing.axes(x, y, "candidate", "main score", 8, 6);
        var best = new StringBuilder();
        double top = Double.NaN;
        for (int i = 0, next = 0; i < candidates.size() && next < trials.size(); i++) {
            var trial = trials.get(next);
            if (trial.id() != candidates.get(i).id()) {
                continue;
            }
            next++;
            double main = trial.main();
            if (!Double.isFinite(main)) {
                continue;
            }
            double px = x.pixel(i + 1);
            drawing.add("<circle class=\"dot" + (trial.inArchive() ? " best" : "") + "\" data-id=\""
                    + trial.id() + "\" cx=\""
                    + coordinate(px) + "\" cy=\"" + coordinate(y.pixel(main)) + "\" r=\"3\"/>");
            if (trial.winner()) {
                drawing.add(
                        FrontPlots.star(px, y.pixel(main), 8, " data-id=\"" + trial.id() + "\""));
            }
            if (Double.isNaN(top)) {
                best.append('M')
                        .append(coordinate(px))
                        .append(' ')
                        .append(coordinate(y.pixel(main)));
                top = main;
            } else if (main > top) {
                best.append('H')
                        .append(coordinate(px))
                        .append('V')
                        .append(coordinate(y.pixel(main)));
                top = main;
            }
        }
        drawing.add("<path class=\"trace\" d=\"" + best.append('H').append(coordinate(x.end()))
                + "\"/>");
        for (var baseline : marks) {
            drawing.line(x.start(), y.pixel(main(baseline)), x.end(), y.pixel(main(baseline)),
                    "reference");
        }
        labels(drawing, marks, x, y);
        return drawing.end();
    }

    /** Names of the reference lines right of the plot, in the lines' order, moved apart where they would overlap. */
    private void labels(Drawing drawing, List<Baseline> marks, Axis x, Axis y) {
        var heights = marks.stream().mapToDouble(baseline -> y.pixel(main(baseline)) + 4).toArray();
        for (int i = 1; i < heights.length; i++) {
            heights[i] = Math.max(heights[i], heights[i - 1] + NAME_HEIGHT);
        }
        double floor = y.start() + 4;
        for (int i = heights.length - 1; i >= 0; i--) {
            heights[i] = Math.min(heights[i], floor);
            floor = heights[i] - NAME_HEIGHT;
        }
        for (int i = 0; i < heights.length; i++) {
            drawing.text(x.end() + 6, heights[i], "start", "name",
                    Html.cut(marks.get(i).name(), 18));
        }
    }

    private double main(Baseline baseline) {
        return baseline.objectives().isEmpty() ? Double.NaN : data.main().of(baseline.objectives());
    }

    private String volumes() {
        ToDoubleFunction<GenerationSummary> volume = GenerationSummary::hypervolume;
        var drawing = new Drawing(WIDTH, HEIGHT, "hypervolume against evaluations");
        int most = history.stream().mapToInt(GenerationSummary::evaluations).max().orElse(1);
        var x = Axis.counting(most, 66, WIDTH - 14);
        var y = Axis.around(history.stream().mapToDouble(volume), HEIGHT - 48, 12);
        drawing.axes(x, y, "evaluations", "hypervolume", 8, 6);
        var path = new StringBuilder();
        for (var summary : history) {
            if (Double.isFinite(summary.hypervolume())) {
                var point = coordinate(x.pixel(summary.evaluations())) + " "
                        + coordinate(y.pixel(summary.hypervolume()));
                path.append(path.isEmpty() ? "M" : "L").append(point);
            }
        }
        drawing.add("<path class=\"trace\" d=\"" + path + "\"/>");
        for (var summary : history) {
            if (Double.isFinite(summary.hypervolume())) {
                drawing.add("<circle class=\"dot best\" cx=\""
                        + coordinate(x.pixel(summary.evaluations())) + "\" cy=\""
                        + coordinate(y.pixel(summary.hypervolume()))
                        + "\" r=\"3\"><title>generation " + summary.generation()
                        + ": " + Figures.of(summary.hypervolume()) + "</title></circle>");
            }
        }
        return drawing.end();
    }
}
