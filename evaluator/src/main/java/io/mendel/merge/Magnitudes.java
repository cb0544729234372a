package io.mendel.merge;

import io.mendel.checkpoint.Tensor;

/** The magnitudes of a delta as ordered bit patterns, block by block, recomputed from the weights on every pass. */
final class Magnitudes implements OrderedBits {

    private static final int BLOCK = 1 << 14;

    private final Tensor base;
    private final Tensor model;
    private final MergeKernels kernels;

    Magnitudes(Tensor base, Tensor model, MergeKernels kernels) {
        this.base = base;
        this.model = model;
        this.kernels = kernels;
    }

    @Override
    public long elements() {
        return base.info().elements();
    }

    @Override
    public void forEachBlock(Pass pass) {
        int[] bits = new int[BLOCK];
        long elements = elements();
        for (long from = 0; from < elements; from += BLOCK) {
            int count = (int) Math.min(BLOCK, elements - from);
            kernels.magnitudes(TensorElements.of(base, from, count),
                    TensorElements.of(model, from, count), bits);
            pass.block(bits, count, from);
        }
    }
}
