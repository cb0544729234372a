package io.mendel.search;

import java.util.Arrays;

/**
 * A candidate and how it did.
 *
 * @param genes the vector as it was asked
 * @param objectives the scores, all maximised, finite; empty if the candidate failed
 * @param failed whether there are no scores; such a candidate is worse than any other
 * @param violation by how much it misses the constraints, at least 0; any candidate that meets them, 0, is better than
 *            one that does not
 * @param items the scores of the single items, all maximised, finite, of the same items for all candidates that are
 *            told at once; empty if they are not known
 * @since 0.1
 */
public record Scored(double[] genes, double[] objectives, boolean failed, double violation,
        double[] items) {
    private static final double[] NONE = {};

    public Scored {
        genes = genes.clone();
        objectives = objectives.clone();
        items = items.clone();
        if (!(violation >= 0) || violation == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "A violation is at least 0 and finite, not " + violation + ".");
        }
        if (failed != (objectives.length == 0)) {
            throw new IllegalArgumentException(
                    "A candidate must have failed or have objectives, not failed=%s and %s."
                            .formatted(failed, Arrays.toString(objectives)));
        }
        for (double x : objectives) {
            if (!Double.isFinite(x)) {
                throw new IllegalArgumentException(
                        "The objectives %s must be finite.\nA candidate without a score has failed."
                                .formatted(Arrays.toString(objectives)));
            }
        }
    }

    /**
     * A candidate with scores.
     *
     * @param genes the vector as it was asked
     * @param objectives the scores, all maximised, at least one, finite
     */
    public static Scored of(double[] genes, double... objectives) {
        return new Scored(genes, objectives, false, 0, NONE);
    }

    /**
     * A candidate without scores.
     *
     * @param genes the vector as it was asked
     */
    public static Scored failed(double[] genes) {
        return new Scored(genes, NONE, true, 0, NONE);
    }

    /**
     * This candidate, which misses the constraints.
     *
     * @param amount by how much, at least 0
     */
    public Scored violating(double amount) {
        return new Scored(genes, objectives, failed, amount, items);
    }

    /**
     * This candidate with the scores of single items.
     *
     * @param scores one score for each item, larger being better
     */
    public Scored withItems(double[] scores) {
        return new Scored(genes, objectives, failed, violation, scores);
    }
}
