package io.mendel.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * What an adapter does to one tensor of its base.
 *
 * @since 0.1
 */
public sealed interface WeightDelta {

    /**
     * Changes a weight in place.
     *
     * @param weight the base's tensor as fp32, C order, native byte order; at any address
     */
    void apply(MemorySegment weight);

    /**
     * A low-rank update {@code W ← W + scale · B·A}, or {@code W ← W + scale · (B·A)ᵀ}.
     *
     * <p>
     * Products are accumulated in fp64 in the order of the rank, and rounded once.
     *
     * <p>
     * Hu et al., <i>LoRA: Low-Rank Adaptation of Large Language Models</i>, 2021,
     * <a href="https://arxiv.org/abs/2106.09685">arXiv:2106.09685</a>.
     *
     * @since 0.1
     */
    final class LowRank implements WeightDelta {

        private final float[] a;
        private final float[] b;
        private final int rank;
        private final double scale;
        private final boolean transposed;

        /** Takes A as [rank, in] and B as [out, rank], both in C order; the arrays are not copied. */
        LowRank(float[] a, float[] b, int rank, double scale, boolean transposed) {
            this.a = a;
            this.b = b;
            this.rank = rank;
            this.scale = scale;
            this.transposed = transposed;
        }

        /** Inner dimension of B·A, at least 1. */
        public int rank() {
            return rank;
        }

        /** Factor on B·A: {@code alpha / rank}, or {@code alpha / √rank} if rank-stabilised. */
        public double scale() {
            return scale;
        }

        /** Whether the weight is stored as [in, out]. */
        public boolean transposed() {
            return transposed;
        }

        @Override
        public void apply(MemorySegment weight) {
            int in = a.length / rank;
            int out = b.length / rank;
            if (weight.byteSize() != 4L * in * out) {
                throw new IllegalArgumentException(
                        "The weight must have %d × %d fp32 elements, not %d bytes.".formatted(
                                out, in, weight.byteSize()));
            }
            int rows = transposed ? in : out;
            int columns = transposed ? out : in;
            double[] row = new double[columns];
            for (int i = 0; i < rows; i++) {
                product(i, row);
                long begin = 4L * i * columns;
                for (int j = 0; j < columns; j++) {
                    long at = begin + 4L * j;
                    float old = weight.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
                    weight.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at,
                            (float) (old + scale * row[j]));
                }
            }
        }

        /** Fills a row of B·A, or of its transpose. */
        private void product(int i, double[] row) {
            Arrays.fill(row, 0);
            int in = a.length / rank;
            for (int k = 0; k < rank; k++) {
                if (transposed) {
                    double factor = a[k * in + i];
                    for (int j = 0; j < row.length; j++) {
                        row[j] += factor * b[j * rank + k];
                    }
                } else {
                    double factor = b[i * rank + k];
                    for (int j = 0; j < row.length; j++) {
                        row[j] += factor * a[k * in + j];
                    }
                }
            }
        }
    }

    /**
     * A tensor that was trained as a whole and replaces the base's ({@code modules_to_save}).
     *
     * @param tensor the new tensor; its data live as long as the {@link Adapter} is open
     * @since 0.1
     */
    record Replacement(Tensor tensor) implements WeightDelta {

        @Override
        public void apply(MemorySegment weight) {
            long elements = tensor.info().elements();
            if (weight.byteSize() != 4 * elements) {
                throw new IllegalArgumentException(
                        "The weight must have %d fp32 elements, not %d bytes.".formatted(
                                elements, weight.byteSize()));
            }
            for (long i = 0; i < elements; i++) {
                weight.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i,
                        FloatElements.get(tensor, i));
            }
        }
    }
}
