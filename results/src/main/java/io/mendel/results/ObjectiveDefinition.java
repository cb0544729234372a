package io.mendel.results;

import io.mendel.results.pareto.Direction;
import org.jspecify.annotations.Nullable;

/**
 * What one objective of a campaign measures.
 *
 * @param name the objective's name in the campaign file, not blank
 * @param direction whether more or less is better
 * @param task the task that the metric is read from; null for a measure of the model itself, such as its layers
 * @param metric the metric of the task, or the measure
 * @since 0.1
 */
public record ObjectiveDefinition(String name, Direction direction, @Nullable String task,
        String metric) {

    public ObjectiveDefinition {
        if (name.isBlank() || metric.isBlank()) {
            throw new IllegalArgumentException(
                    "An objective needs a name and a metric, not (" + name + ") and (" + metric
                            + ").");
        }
    }
}
