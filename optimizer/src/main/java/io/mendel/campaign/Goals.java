package io.mendel.campaign;

import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Outcome;
import io.mendel.results.pareto.Direction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The objectives of a campaign as the search sees them: a vector to maximise and one number made of it.
 *
 * @param objectives the objectives, in the order of the campaign file
 * @param main how one number is made of them
 */
record Goals(List<ObjectiveDefinition> objectives, Main main) {

    Goals {
        objectives = List.copyOf(objectives);
    }

    List<Direction> directions() {
        return objectives.stream().map(ObjectiveDefinition::direction).toList();
    }

    /** The objectives as measured, in order; NaN where one was not measured. */
    List<Double> values(Outcome.Finished outcome) {
        return objectives.stream()
                .map(o -> outcome.objectives().getOrDefault(o.name(), Double.NaN))
                .toList();
    }

    /** The objectives, all to be maximised. */
    double[] maximized(Outcome.Finished outcome) {
        return Direction.maximized(values(outcome), directions());
    }

    /** The main objective of measured values, larger being better. */
    double main(Map<String, Double> measured) {
        var values = new HashMap<String, Double>();
        objectives.forEach(o -> values.put(o.name(),
                o.direction().maximized(measured.getOrDefault(o.name(), Double.NaN))));
        return main.of(values);
    }

    /** The main objective of a vector of {@link #maximized} values. */
    double main(double[] maximized) {
        var values = new HashMap<String, Double>();
        for (int i = 0; i < maximized.length; i++) {
            values.put(objectives.get(i).name(), maximized[i]);
        }
        return main.of(values);
    }

    /** Standard error of the main objective, tasks being independent; 0 where a metric has none. */
    double mainStandardError(Outcome.Finished outcome) {
        double variance = 0;
        for (ObjectiveDefinition objective : objectives) {
            String task = objective.task();
            double error = task == null
                    ? Double.NaN
                    : outcome.scores().stderr(task, objective.metric());
            if (main.objectives().contains(objective.name()) && Double.isFinite(error)) {
                variance += error * error;
            }
        }
        return switch (main.rule()) {
            case MEAN -> Math.sqrt(variance) / main.objectives().size();
            case MIN -> Math.sqrt(variance / main.objectives().size());
        };
    }
}
