package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.util.List;

/**
 * The length of a delta and of what is kept of it: L2, or the largest magnitude.
 *
 * <p>
 * Squares are added in fp64 in runs of {@link MergeKernels#DOT_BLOCK} elements, the runs in order.
 *
 * @param all of the whole delta
 * @param kept of the elements that are kept
 */
record KeptNorm(double all, double kept) {

    private static final int RUN = MergeKernels.DOT_BLOCK;

    static KeptNorm of(Tensor base, Tensor model, Keep keep, boolean largest) {
        float[][] runs = new float[2][RUN];
        double all = 0;
        double kept = 0;
        for (long from = 0; from < base.info().elements(); from += RUN) {
            int count = (int) Math.min(RUN, base.info().elements() - from);
            BlockInputs.load(List.of(base, model), from, count, runs);
            double allOfRun = 0;
            double keptOfRun = 0;
            for (int i = 0; i < count; i++) {
                float delta = runs[1][i] - runs[0][i];
                double size = largest ? Math.abs(delta) : (double) delta * delta;
                allOfRun = largest ? Math.max(allOfRun, size) : allOfRun + size;
                if (ScalarMergeKernels.keeps(keep, delta, from + i)) {
                    keptOfRun = largest ? Math.max(keptOfRun, size) : keptOfRun + size;
                }
            }
            all = largest ? Math.max(all, allOfRun) : all + allOfRun;
            kept = largest ? Math.max(kept, keptOfRun) : kept + keptOfRun;
        }
        return largest ? new KeptNorm(all, kept) : new KeptNorm(Math.sqrt(all), Math.sqrt(kept));
    }
}
