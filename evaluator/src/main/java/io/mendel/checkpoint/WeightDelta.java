package io.mendel.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

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
    default void apply(MemorySegment weight) {
        if (weight.byteSize() != 4 * elements()) {
            throw new IllegalArgumentException(
                    "The weight must have %d fp32 elements, not %d bytes.".formatted(elements(),
                            weight.byteSize()));
        }
        apply(0, weight);
    }

    /**
     * Changes consecutive rows of a weight in place; a row is what one index of the outermost dimension selects.
     *
     * @param firstRow the first of the rows
     * @param rows whole rows of the base's tensor as fp32, C order, native byte order; at any address
     */
    void apply(long firstRow, MemorySegment rows);

    /** Number of elements of the weight. */
    long elements();

    /** Identifies what is done: SHA-256 over the kind, the scalars and the content of the factors. */
    String digest();

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

        private int rows() {
            return transposed ? a.length / rank : b.length / rank;
        }

        private int columns() {
            return transposed ? b.length / rank : a.length / rank;
        }

        @Override
        public long elements() {
            return (long) rows() * columns();
        }

        @Override
        public void apply(long firstRow, MemorySegment rows) {
            int columns = columns();
            int count = Math.toIntExact(rows.byteSize() / (4L * columns));
            double[] row = new double[columns];
            for (int i = 0; i < count; i++) {
                product(Math.toIntExact(firstRow + i), row);
                long begin = 4L * i * columns;
                for (int j = 0; j < columns; j++) {
                    long at = begin + 4L * j;
                    float old = rows.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
                    rows.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at,
                            (float) (old + scale * row[j]));
                }
            }
        }

        @Override
        public String digest() {
            MessageDigest sha = TensorDigest.sha256();
            sha.update("low rank %d %s %b\n".formatted(rank, Double.toHexString(scale), transposed)
                    .getBytes(StandardCharsets.UTF_8));
            update(sha, a);
            update(sha, b);
            return HexFormat.of().formatHex(sha.digest());
        }

        private static void update(MessageDigest sha, float[] values) {
            ByteBuffer bytes = ByteBuffer.allocate(4 * Math.min(values.length, 1 << 14));
            for (int from = 0; from < values.length;) {
                bytes.clear();
                while (from < values.length && bytes.hasRemaining()) {
                    bytes.putFloat(values[from++]);
                }
                sha.update(bytes.flip());
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
        public long elements() {
            return tensor.info().elements();
        }

        @Override
        public String digest() {
            return "replacement " + TensorDigest.of(List.of(tensor));
        }

        @Override
        public void apply(long firstRow, MemorySegment rows) {
            long columns = tensor.info().shape().stream().skip(1).reduce(1L, (a, b) -> a * b);
            long first = firstRow * columns;
            for (long i = 0; i < rows.byteSize() / 4; i++) {
                rows.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i,
                        FloatElements.get(tensor, first + i));
            }
        }
    }
}
