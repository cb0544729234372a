package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.util.List;

/** Inner products of deltas. */
final class DeltaProduct {

    private static final int RUN = MergeKernels.DOT_BLOCK;

    private DeltaProduct() {}

    /** {@code ⟨a − base, b − base⟩}, runs of {@link MergeKernels#DOT_BLOCK} elements added up in order in fp64. */
    static double of(Tensor base, Tensor a, Tensor b) {
        float[][] runs = new float[3][RUN];
        List<Tensor> tensors = List.of(base, a, b);
        double total = 0;
        for (long from = 0; from < base.info().elements(); from += RUN) {
            int count = (int) Math.min(RUN, base.info().elements() - from);
            BlockInputs.load(tensors, from, count, runs);
            double sum = 0;
            for (int i = 0; i < count; i++) {
                sum += (double) (runs[1][i] - runs[0][i]) * (runs[2][i] - runs[0][i]);
            }
            total += sum;
        }
        return total;
    }
}
