package io.mendel.merge;

import java.util.List;

/**
 * What is done to the inputs of one tensor; whole-tensor properties are still symbolic.
 *
 * @since 0.1
 */
public sealed interface MergeOperation {

    /** The first input, byte for byte. */
    record Copy() implements MergeOperation {}

    /**
     * {@code Σ cᵢ·xᵢ}.
     *
     * @param coefficients one for each input, all finite
     */
    record WeightedSum(List<Double> coefficients) implements MergeOperation {
        public WeightedSum {
            coefficients = List.copyOf(coefficients);
        }
    }

    /**
     * A linear combination whose coefficients follow from the inner products of the inputs.
     *
     * @param rule the method
     */
    record Combination(CombinationMerge rule) implements MergeOperation {}

    /**
     * Base (the first input) plus a linear combination of the deltas of the other inputs, whose coefficients follow
     * from the inner products of the deltas.
     *
     * @param rule the method; it sees the deltas only
     */
    record DeltaCombination(CombinationMerge rule) implements MergeOperation {}

    /**
     * Anything else that can be computed run by run.
     *
     * @param rule the method
     */
    record Blocks(BlockMerge rule) implements MergeOperation {}

    /**
     * What cannot be computed before the whole model was looked at.
     *
     * @param rule the method
     */
    record Global(GlobalMerge rule) implements MergeOperation {}

    /**
     * Base (the first input) plus the combined deltas of the other inputs.
     *
     * @param deltas one for each input after the first
     * @param consensus how they are combined
     * @param scale factor of the combined delta
     */
    record DeltaMerge(List<Delta> deltas, Consensus consensus,
            double scale) implements MergeOperation {
        public DeltaMerge {
            deltas = List.copyOf(deltas);
        }
    }

    /**
     * One delta of a {@link DeltaMerge}.
     *
     * @param weight its weight
     * @param sparsity which elements are kept
     * @param rescale how the kept ones are scaled
     */
    record Delta(double weight, Sparsity sparsity, Rescale rescale) {}

    /** Which elements of a delta are kept. */
    sealed interface Sparsity {

        /** All. */
        record None() implements Sparsity {}

        /**
         * The first {@code k = ⌊density·n + 1e-9⌋} (at least 1) in the order (magnitude descending, index ascending).
         *
         * @param density at least 0 and below 1; 0 keeps nothing
         */
        record Magnitude(double density) implements Sparsity {}

        /**
         * As {@link Magnitude}, but behind the first {@code ⌊gamma·n + 1e-9⌋} of the order, which are dropped; if fewer
         * than {@code k} elements are left then, fewer are dropped.
         *
         * @param density at least 0 and below 1; 0 keeps nothing
         * @param gamma 0 to 1
         */
        record Band(double density, double gamma) implements Sparsity {}

        /**
         * As {@link Band}, of each row: the last axis. A vector is one row; a scalar is kept whatever the density.
         *
         * @param density at least 0 and below 1; 0 keeps nothing
         * @param gamma 0 to 1
         */
        record RowBand(double density, double gamma) implements Sparsity {}

        /**
         * Every element with a probability that grows linearly with the rank of its magnitude in its row, from
         * {@code density − ε} for the smallest to {@code density + ε} for the largest; of equal magnitudes those with a
         * smaller flat index count as larger. In rows of one element it is the density. A row is all that belongs to
         * one index of the first axis; a vector is one row.
         *
         * @param density at least 0 and below 1
         * @param epsilon at most {@code min(density, 1 − density)} is used of it, so that the mean is the density
         * @param seed the recipe's seed
         */
        record RandomByRank(double density, double epsilon, long seed) implements Sparsity {
            public RandomByRank {
                epsilon = Math.min(epsilon, Math.min(density, 1 - density));
            }
        }

        /**
         * Every element with this probability.
         *
         * @param density at least 0 and below 1
         * @param seed the recipe's seed
         */
        record Random(double density, long seed) implements Sparsity {}
    }
}
