package io.mendel.merge;

/**
 * The arithmetic of a method that is not a sum of deltas, on runs of fp32, all inputs at once.
 *
 * <p>
 * One implementation serves all engines: it is written as plain loops over arrays, one operation at a time, so that
 * every engine gives the same bits. An element's result must not depend on the run it is in. Implementations are
 * stateless and thread-safe.
 */
@FunctionalInterface
interface BlockFunction {

    /**
     * Merges a run.
     *
     * @param inputs the run of each input, in the order of the {@link TensorMerge}
     * @param count number of elements, a multiple of {@link BlockMerge#unit}
     * @param target receives the merged elements, not yet rounded; not one of the inputs
     */
    void apply(float[][] inputs, int count, float[] target);

    /**
     * Merges a run, for methods to which its place matters; {@link #apply} is then for the tensor's first elements.
     *
     * @param inputs the run of each input, in the order of the {@link TensorMerge}
     * @param count number of elements, a multiple of {@link BlockMerge#unit}
     * @param firstIndex flat index of the first element in its tensor
     * @param target receives the merged elements, not yet rounded; not one of the inputs
     */
    default void applyAt(float[][] inputs, int count, long firstIndex, float[] target) {
        apply(inputs, count, target);
    }
}
