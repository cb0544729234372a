package io.mendel.merge;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Inner products of the deltas of some tensors from the first, all computed in one pass. */
final class DeltaGram {

    private static final int RUN = MergeKernels.DOT_BLOCK;

    private final double[][] products;

    private DeltaGram(double[][] products) {
        this.products = products;
    }

    /** Deltas are rounded to fp32; blocks of {@link MergeKernels#DOT_BLOCK} elements are added up in order in fp64. */
    static DeltaGram of(List<Tensor> tensors, MergeKernels kernels) {
        double[][] known = kernels instanceof TensorKernels device
                ? device.products(tensors, true)
                : null;
        if (known != null) {
            return new DeltaGram(known);
        }
        int count = tensors.size();
        long elements = tensors.getFirst().info().elements();
        var products = new double[count][count];
        float[][] runs = new float[count][(int) Math.min(RUN, elements)];
        for (long from = 0; from < elements; from += RUN) {
            int length = (int) Math.min(RUN, elements - from);
            BlockInputs.load(tensors, from, length, runs);
            var deltas = new Elements[count];
            for (int m = 1; m < count; m++) {
                for (int i = 0; i < length; i++) {
                    runs[m][i] -= runs[0][i];
                }
                deltas[m] = new Elements(MemorySegment.ofArray(runs[m]).asSlice(0, 4L * length),
                        DType.F32, length);
            }
            for (int i = 1; i < count; i++) {
                for (int j = i; j < count; j++) {
                    products[i][j] += kernels.dot(deltas[i], deltas[j]);
                }
            }
        }
        return new DeltaGram(products);
    }

    /** {@code ⟨xᵢ − x₀, xⱼ − x₀⟩}. */
    double product(int i, int j) {
        return products[Math.min(i, j)][Math.max(i, j)];
    }
}
