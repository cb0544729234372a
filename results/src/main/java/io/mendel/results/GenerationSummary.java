package io.mendel.results;

/**
 * How far the search had come after a generation.
 *
 * @param generation the generation, at least 0
 * @param evaluations candidates evaluated so far, failed ones included
 * @param hypervolume hypervolume of the archive; NaN if not known
 * @param bestMain the best main score so far; NaN if no candidate has one
 * @since 0.1
 */
public record GenerationSummary(int generation, int evaluations, double hypervolume,
        double bestMain) {

    public GenerationSummary {
        if (generation < 0 || evaluations < 0) {
            throw new IllegalArgumentException(
                    "A generation and its evaluations must be at least 0, not " + generation
                            + " and " + evaluations + ".");
        }
        if (Double.isInfinite(hypervolume) || Double.isInfinite(bestMain)) {
            throw new IllegalArgumentException(
                    "The hypervolume (" + hypervolume + ") and the best main score (" + bestMain
                            + ") of generation " + generation + " must not be infinite.");
        }
    }
}
