package io.mendel.search;

import java.util.Arrays;

/**
 * A candidate and how it did.
 *
 * @param genes the vector as it was asked
 * @param objectives the scores, all maximised, finite; empty if the candidate failed
 * @param failed whether there are no scores; such a candidate is worse than any other
 * @since 0.1
 */
public record Scored(double[] genes, double[] objectives, boolean failed) {

    public Scored {
        genes = genes.clone();
        objectives = objectives.clone();
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
        return new Scored(genes, objectives, false);
    }

    /**
     * A candidate without scores.
     *
     * @param genes the vector as it was asked
     */
    public static Scored failed(double[] genes) {
        return new Scored(genes, new double[0], true);
    }
}
