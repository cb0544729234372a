package io.mendel.results;

import java.util.SortedMap;

/**
 * A model that the winner has to beat.
 *
 * @param name the name shown to the user, unique in the campaign
 * @param kind what sort of baseline it is
 * @param objectives the campaign's objectives on the search items; empty if not measured
 * @param search the metrics on the search items; may be empty
 * @param heldOut the metrics on the test items; empty until the campaign reports them
 * @since 0.1
 */
public record Baseline(String name, Kind kind, SortedMap<String, Double> objectives, Scores search,
        Scores heldOut) {

    /**
     * The sort of a baseline, in the order in which they are shown.
     *
     * @since 0.1
     */
    public enum Kind {
        /** An input checkpoint as it is. */
        PARENT,
        /** The plain average of the parents. */
        UNIFORM,
        /** A recipe out of a textbook. */
        RECIPE,
        /** The best of as many random recipes as the search evaluated. */
        RANDOM
    }

    public Baseline {
        objectives = FiniteValues.copyOf(objectives, "objective");
        if (name.isBlank()) {
            throw new IllegalArgumentException("A baseline needs a name.");
        }
    }
}
