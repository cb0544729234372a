package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * The length of a delta and of what is kept of it.
 *
 * @param all of the whole delta
 * @param kept of the elements that are kept
 */
record KeptNorm(double all, double kept) {

    private static final int RUN = MergeKernels.DOT_BLOCK;

    /**
     * The L2 norms, or the largest magnitudes. Squares are added in fp64 in runs of {@link MergeKernels#DOT_BLOCK}
     * elements, the runs in order.
     */
    static KeptNorm of(Tensor base, Tensor model, Keep keep, boolean largest,
            MergeKernels kernels) {
        double[] known = kernels instanceof TensorKernels device
                ? device.keptNorms(base, model, keep, largest)
                : null;
        if (known != null) {
            int runs = known.length / 2;
            return of(Arrays.copyOf(known, runs), Arrays.copyOfRange(known, runs, 2 * runs),
                    largest);
        }
        float[][] runs = new float[2][RUN];
        int blocks = Math.toIntExact((base.info().elements() + RUN - 1) / RUN);
        double[] all = new double[blocks];
        double[] kept = new double[blocks];
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
            int run = (int) (from / RUN);
            all[run] = allOfRun;
            kept[run] = keptOfRun;
        }
        return of(all, kept, largest);
    }

    private static KeptNorm of(double[] all, double[] kept, boolean largest) {
        return largest
                ? new KeptNorm(largest(all), largest(kept))
                : new KeptNorm(Math.sqrt(sum(all)), Math.sqrt(sum(kept)));
    }

    private static double sum(double[] runs) {
        double sum = 0;
        for (double run : runs) {
            sum += run;
        }
        return sum;
    }

    private static double largest(double[] runs) {
        double largest = 0;
        for (double run : runs) {
            largest = Math.max(largest, run);
        }
        return largest;
    }
}
