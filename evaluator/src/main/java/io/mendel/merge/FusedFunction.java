package io.mendel.merge;

/**
 * Element-wise arithmetic that a device can do in one launch.
 *
 * @param function the arithmetic
 * @param fused the same for a device
 */
record FusedFunction(BlockFunction function, FusedMerge fused) implements BlockFunction {

    @Override
    public void apply(float[][] inputs, int count, float[] target) {
        function.apply(inputs, count, target);
    }

    @Override
    public void applyAt(float[][] inputs, int count, long firstIndex, float[] target) {
        function.applyAt(inputs, count, firstIndex, target);
    }
}
