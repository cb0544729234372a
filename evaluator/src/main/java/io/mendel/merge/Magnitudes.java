package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import org.jspecify.annotations.Nullable;

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
    public @Nullable MagnitudeCounter counter() {
        return kernels instanceof TensorKernels device ? device.magnitudes(base, model) : null;
    }

    @Override
    public long endOf(int pattern, long wanted, long first) {
        int[] bits = new int[BLOCK];
        long left = wanted;
        for (long from = first;; from += BLOCK) {
            int count = (int) Math.min(BLOCK, elements() - from);
            magnitudes(from, count, bits);
            for (int i = 0; i < count; i++) {
                if (bits[i] == pattern && --left == 0) {
                    return from + i + 1;
                }
            }
        }
    }

    private void magnitudes(long from, int count, int[] bits) {
        kernels.magnitudes(TensorElements.of(base, from, count),
                TensorElements.of(model, from, count), bits);
    }

    @Override
    public void forEachBlock(Pass pass) {
        int[] bits = new int[BLOCK];
        long elements = elements();
        for (long from = 0; from < elements; from += BLOCK) {
            int count = (int) Math.min(BLOCK, elements - from);
            magnitudes(from, count, bits);
            pass.block(bits, count, from);
        }
    }
}
