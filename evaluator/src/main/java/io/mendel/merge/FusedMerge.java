package io.mendel.merge;

import java.util.List;

/**
 * A merge of one tensor whose every number is known, in the form in which a device does it in one launch.
 *
 * <p>
 * Each follows the definition of the method that it is named after, element by element and bit for bit. Arrays must not
 * be changed.
 *
 * @since 0.1
 */
@SuppressWarnings("ArrayRecordComponent")
public sealed interface FusedMerge {

    /**
     * See {@link MergeKernels#weightedSum}.
     *
     * @param coefficients one for each input
     */
    record Sum(float[] coefficients) implements FusedMerge {}

    /**
     * See {@link MergeKernels#mergeDeltas}; the first input is the base.
     *
     * @param deltas one for each other input
     * @param consensus how they are combined
     * @param scale factor of the combined delta
     */
    record Deltas(List<Delta> deltas, Consensus consensus, float scale) implements FusedMerge {}

    /**
     * See {@link WeightedDelta}.
     *
     * @param keep which elements survive
     * @param factor weight times rescale factor
     * @param weight the weight
     */
    record Delta(Keep keep, float factor, float weight) {}

    /**
     * {@code nearswap}.
     *
     * @param limit distance up to which the other model's weight is taken as it is
     */
    record Swap(float limit) implements FusedMerge {}

    /**
     * {@code ram}.
     *
     * @param limit largest magnitude that is not active
     * @param factors of unique deltas, one for each model
     */
    record Active(float limit, float[] factors) implements FusedMerge {}

    /**
     * {@code sce}.
     *
     * @param selected the positions, by the variance of their deltas; threshold 0 selects all
     * @param weights one for each model
     */
    record Selected(Keep.Largest selected, float[] weights) implements FusedMerge {}

    /**
     * {@code arcee_fusion}.
     *
     * @param row elements of a row
     * @param divergences one for each row
     * @param threshold the smallest importance that is taken from the other model
     */
    record Fusion(int row, float[] divergences, double threshold) implements FusedMerge {}

    /**
     * {@code consensus}.
     *
     * @param weights of the models
     * @param lambdas how much must rest on a model, one for each
     * @param k models that must rely on an element
     * @param scale factor of the sum
     */
    record Reliant(float[] weights, float[] lambdas, int k, float scale) implements FusedMerge {}

    /**
     * {@code masked_soup}.
     *
     * @param weights of the models
     * @param intersection whether an element must be non-zero in all models
     * @param keep which elements of the mean survive
     */
    record Masked(float[] weights, boolean intersection, Keep keep) implements FusedMerge {}

    /**
     * {@code nuslerp} by columns.
     *
     * @param columns how many there are
     * @param factors of the first vector, then of the second, one for each column
     * @param deltas whether deltas from the first input are combined and added to it
     */
    record Columns(int columns, float[] factors, boolean deltas) implements FusedMerge {}
}
