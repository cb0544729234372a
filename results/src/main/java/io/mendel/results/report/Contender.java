package io.mendel.results.report;

import io.mendel.results.Baseline;
import io.mendel.results.MainScore;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Outcome;
import io.mendel.results.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The winner or a baseline: a row of the comparison.
 *
 * @param name the name shown
 * @param kind the sort of baseline; null for the winner
 * @param search its scores on the search items
 * @param heldOut its scores on the test items
 */
record Contender(String name, Baseline.@Nullable Kind kind, Side search, Side heldOut) {

    /**
     * Scores on one set of items.
     *
     * @param objectives the objectives known
     * @param stderrs standard errors of those objectives that have one
     * @param main the main score, or NaN
     * @param mainStderr its standard error, or NaN
     * @param scores all metrics
     */
    record Side(SortedMap<String, Double> objectives, SortedMap<String, Double> stderrs,
            double main, double mainStderr,
            Scores scores) {

        double value(String objective) {
            return objectives.getOrDefault(objective, Double.NaN);
        }

        double stderr(String objective) {
            return stderrs.getOrDefault(objective, Double.NaN);
        }
    }

    /** The winner first, if there is one, then the baselines. */
    static List<Contender> of(ReportData data) {
        var contents = data.contents();
        var rows = new ArrayList<Contender>();
        var winner = contents.winner();
        var candidate = winner == null ? null : contents.candidate(winner.candidate());
        if (winner != null && candidate != null) {
            var finished = contents.finished(candidate);
            if (finished == null) {
                finished = new Outcome.Finished(new TreeMap<>(), Scores.none(), List.of());
            }
            rows.add(contender(data, "winner (candidate " + candidate.id() + ")", null,
                    finished.objectives(),
                    finished.scores(), winner.heldOut()));
        }
        for (var baseline : contents.baselines()) {
            rows.add(contender(data, baseline.name(), baseline.kind(), baseline.objectives(),
                    baseline.search(),
                    baseline.heldOut()));
        }
        return rows;
    }

    private static Contender contender(ReportData data, String name, Baseline.@Nullable Kind kind,
            SortedMap<String, Double> objectives, Scores search, Scores heldOut) {
        var definitions = data.contents().info().objectives();
        var heldOutObjectives = new TreeMap<String, Double>();
        for (var objective : definitions) {
            var task = objective.task();
            // A measure of the model, such as its layers, is the same on all items.
            var value = task == null
                    ? objectives.get(objective.name())
                    : Double.valueOf(heldOut.value(task, objective.metric()));
            if (!heldOut.isEmpty() && value != null && !Double.isNaN(value)) {
                heldOutObjectives.put(objective.name(), value);
            }
        }
        return new Contender(name, kind, side(data.main(), definitions, objectives, search),
                side(data.main(), definitions, heldOutObjectives, heldOut));
    }

    private static Side side(MainScore main, List<ObjectiveDefinition> definitions,
            SortedMap<String, Double> objectives,
            Scores scores) {
        var stderrs = new TreeMap<String, Double>();
        for (var objective : definitions) {
            var task = objective.task();
            double stderr = task == null ? Double.NaN : scores.stderr(task, objective.metric());
            if (!Double.isNaN(stderr)) {
                stderrs.put(objective.name(), stderr);
            }
        }
        boolean complete = definitions.stream()
                .allMatch(objective -> objectives.containsKey(objective.name()));
        return new Side(objectives, stderrs, complete ? main.of(objectives) : Double.NaN,
                complete ? mainStderr(main, definitions, objectives, stderrs) : Double.NaN, scores);
    }

    /** First-order propagation, {@code √Σ (∂main/∂oᵢ · sᵢ)²}, exact for a mean; the tasks are independent. NaN if not known. */
    private static double mainStderr(MainScore main, List<ObjectiveDefinition> definitions,
            SortedMap<String, Double> objectives, SortedMap<String, Double> stderrs) {
        double sum = 0;
        for (var objective : definitions) {
            double stderr = stderrs.getOrDefault(objective.name(), Double.NaN);
            double step = stderr > 0 ? stderr / 100 : 1e-4;
            var up = new TreeMap<>(objectives);
            var down = new TreeMap<>(objectives);
            up.merge(objective.name(), step, Double::sum);
            down.merge(objective.name(), -step, Double::sum);
            double slope = (main.of(up) - main.of(down)) / (2 * step);
            if (slope != 0) {
                sum += slope * stderr * slope * stderr;
            }
        }
        return sum == 0 ? Double.NaN : Math.sqrt(sum);
    }
}
