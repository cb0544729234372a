package io.mendel.merge;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The right values where the golden ones record a bug of mergekit that Mendel does not copy. */
final class MergekitBugs {

    private static final int ROW = 6;

    private MergekitBugs() {}

    /**
     * What a case should give.
     *
     * @param name the case, without its type
     * @param inputs the inputs, the base last
     * @param golden what mergekit gives
     */
    static float[] corrected(String name, List<float[]> inputs, float[] golden) {
        return switch (name) {
            case "breadcrumbs-ntop0" -> breadcrumbs(inputs);
            case "model_stock-filter" -> modelStock(inputs, golden);
            default -> golden;
        };
    }

    /**
     * gamma 0.01 of 24 elements drops none: the 16 largest (density 0.7) are kept. mergekit cuts with the slice
     * {@code [8:-0]}, which is empty, and so drops the whole delta.
     */
    private static float[] breadcrumbs(List<float[]> inputs) {
        float[] base = inputs.getLast();
        float[] expected = base.clone();
        double[] weights = {0.5, 0.3};
        for (int m = 0; m < weights.length; m++) {
            float[] model = inputs.get(m);
            int[] largest = IntStream.range(0, base.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -Math.abs(model[i] - base[i])))
                    .limit(16)
                    .mapToInt(Integer::intValue)
                    .toArray();
            for (int i : largest) {
                expected[i] += (float) (weights[m] * (model[i] - base[i]));
            }
        }
        return expected;
    }

    /** Rows whose deltas oppose each other stay those of the base. mergekit moves away from all models there. */
    private static float[] modelStock(List<float[]> inputs, float[] golden) {
        float[] base = inputs.getLast();
        float[] expected = golden.clone();
        for (int from = 0; from < base.length; from += ROW) {
            double cosines = 0;
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < i; j++) {
                    cosines += dot(inputs, i, j, from)
                            / Math.sqrt(dot(inputs, i, i, from) * dot(inputs, j, j, from));
                }
            }
            if (cosines < 0) {
                System.arraycopy(base, from, expected, from, ROW);
            }
        }
        if (Arrays.equals(expected, golden)) {
            throw new AssertionError("The case has no row of opposing deltas any more.");
        }
        return expected;
    }

    private static double dot(List<float[]> inputs, int i, int j, int from) {
        double sum = 0;
        for (int k = from; k < from + ROW; k++) {
            double base = inputs.getLast()[k];
            sum += (inputs.get(i)[k] - base) * (inputs.get(j)[k] - base);
        }
        return sum;
    }
}
