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
     * The candidate was given up: on the items scored so far it was clearly worse than the best known before.
     *
     * <p>
     * What it has says something about the candidate, but no more than some of the items do; it is no match for
     * {@link Finished}.
     *
     * @param objectives the campaign's objectives by name, as measured on the items scored
     * @param scores the metrics of each task on these items
     * @param items the scores of the single items, sorted by task and metric; may be empty
     * @param scored how many items were scored, at least 1
     * @param of how many items there are, more than were scored
     * @since 0.1
     */
    record Raced(SortedMap<String, Double> objectives, Scores scores, List<ItemScores> items,
            int scored, int of) implements Outcome {

        public Raced {
            objectives = FiniteValues.copyOf(objectives, "objective");
            items = items.stream()
                    .sorted(Comparator.comparing(ItemScores::task)
                            .thenComparing(ItemScores::metric))
                    .toList();
            if (scored < 1 || of <= scored) {
                throw new IllegalArgumentException(
                        "A candidate that was given up was scored on some of the items, not on "
                                + scored + " of " + of + ".");
            }
        }

        /** What became of it, for people: {@code raced out after 96 of 384 items}. */
        public String text() {
            return "raced out after " + scored + " of " + of + " items";
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
