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
         * Every element with this probability.
         *
         * @param density at least 0 and below 1
         * @param seed the recipe's seed
         */
        record Random(double density, long seed) implements Sparsity {}
    }
}
