package io.mendel.results;

import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;

/**
 * What came of an evaluation.
 *
 * @since 0.1
 */
public sealed interface Outcome {

    /**
     * The candidate was scored.
     *
     * @param objectives the campaign's objectives by name, as measured (not negated); empty for items that are not searched on
     * @param scores the metrics of each task
     * @param items the scores of the single items, sorted by task and metric; may be empty
     * @since 0.1
     */
    record Finished(SortedMap<String, Double> objectives, Scores scores,
            List<ItemScores> items) implements Outcome {

        public Finished {
            objectives = FiniteValues.copyOf(objectives, "objective");
            items = items.stream()
                    .sorted(Comparator.comparing(ItemScores::task)
                            .thenComparing(ItemScores::metric))
                    .toList();
        }
    }

    /**
     * The candidate could not be scored.
     *
     * @param reason why, for the user to read; not blank
     * @since 0.1
     */
    record Failed(String reason) implements Outcome {

        public Failed {
            if (reason.isBlank()) {
                throw new IllegalArgumentException("A failed evaluation needs a reason.");
            }
        }
    }
}
