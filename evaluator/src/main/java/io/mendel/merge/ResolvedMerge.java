package io.mendel.merge;

import java.util.List;

/** An operation with all scalars known, ready for the kernels. */
sealed interface ResolvedMerge {

    /** How many elements belong together; see {@link BlockMerge#unit}. */
    default long unit() {
        return 1;
    }

    /** The first input, byte for byte. */
    record Copy() implements ResolvedMerge {}

    /**
     * See {@link MergeKernels#weightedSum}.
     *
     * @param coefficients one for each input
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Sum(float[] coefficients) implements ResolvedMerge {}

    /**
     * See {@link MergeKernels#mergeDeltas}.
     *
     * @param deltas one for each input after the base
     * @param consensus how they are combined
     * @param scale factor of the combined delta
     * @param unit see {@link BlockMerge#unit}
     */
    record Deltas(List<Delta> deltas, Consensus consensus, float scale,
            long unit) implements ResolvedMerge {

        /** Deltas that can be merged in any runs. */
        Deltas(List<Delta> deltas, Consensus consensus, float scale) {
            this(deltas, consensus, scale, 1);
        }
    }

    /**
     * See {@link BlockFunction}.
     *
     * @param function the arithmetic
     * @param unit see {@link BlockMerge#unit}
     */
    record Blocks(BlockFunction function, long unit) implements ResolvedMerge {}

    /**
     * See {@link WeightedDelta}.
     *
     * @param keep which elements survive
     * @param factor weight times rescale factor
     * @param weight the weight
     */
    record Delta(KeepRule keep, float factor, float weight) {}
}
