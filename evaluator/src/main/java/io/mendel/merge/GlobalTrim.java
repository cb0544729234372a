package io.mendel.merge;

import io.mendel.merge.RankSelection.Found;
import io.mendel.merge.RankSelection.Rank;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds which elements survive when the magnitudes of all tensors of a group are ranked together. */
final class GlobalTrim {

    private static final Keep NOTHING = new Keep.Largest(Trim.LARGEST, 0);

    private final GlobalInputs inputs;
    private final Ranked number;

    /**
     * A trim of several series of numbers.
     *
     * @param inputs the tensors
     * @param number what is ranked by its magnitude
     */
    GlobalTrim(GlobalInputs inputs, Ranked number) {
        this.inputs = inputs;
        this.number = number;
    }

    /** What is ranked: deltas, for instance, one series for each model. */
    @FunctionalInterface
    interface Ranked {
        /** Writes the numbers of all series for one element. */
        void of(int tensor, float[][] runs, int i, float[] numbers);
    }

    /** Ranks the deltas of all models. */
    static void deltas(int tensor, float[][] runs, int i, float[] numbers) {
        for (int m = 0; m < numbers.length; m++) {
            numbers[m] = runs[m + 1][i] - runs[0][i];
        }
    }

    /**
     * What is kept of each tensor and series.
     *
     * @param densities share that is kept, one for each series
     * @param threshold whether all ties at the cut are kept
     */
    Keep[][] keeps(List<Double> densities, boolean threshold) {
        int series = densities.size();
        var keeps = new Keep[inputs.count()][series];
        for (Keep[] keep : keeps) {
            Arrays.fill(keep, new Keep.All());
        }
        List<Rank> ranks = new ArrayList<>();
        long elements = inputs.elements();
        for (int m = 0; m < series; m++) {
            double density = densities.get(m);
            long kept = threshold
                    ? (long) Math.floor(density * elements) + 1
                    : Trim.kept(density, elements);
            if (density <= 0 || elements == 0) {
                for (Keep[] keep : keeps) {
                    keep[m] = NOTHING;
                }
            } else if (kept < elements) {
                ranks.add(new Rank(m, elements - kept));
            }
        }
        if (ranks.isEmpty()) {
            return keeps;
        }
        List<Found> found = RankSelection.select(inputs,
                (tensor, pass) -> magnitudes(tensor, series, pass), series, ranks);
        for (int r = 0; r < ranks.size(); r++) {
            int m = ranks.get(r).series();
            int bits = found.get(r).key() & Integer.MAX_VALUE;
            long wanted = found.get(r).below() + found.get(r).equal() - ranks.get(r).rank();
            boolean all = threshold || wanted == found.get(r).equal();
            long[] cuts = all ? null : cuts(series, m, bits, wanted);
            for (int t = 0; t < keeps.length; t++) {
                keeps[t][m] = new Keep.Largest(bits, cut(cuts, t));
            }
        }
        return keeps;
    }

    private long cut(long @Nullable [] cuts, int tensor) {
        return cuts == null ? inputs.tensor(tensor).elements() : cuts[tensor];
    }

    /** For each tensor the flat index behind the last of {@code wanted} magnitudes that tie at the cut. */
    private long[] cuts(int series, int model, int bits, long wanted) {
        var ties = new long[inputs.count()];
        inputs.forEachTensor(tensor -> forEachNumber(tensor, series, model, (own, index) -> {
            if (own == bits) {
                ties[tensor]++;
            }
        }));
        var cuts = new long[ties.length];
        long left = wanted;
        for (int t = 0; t < cuts.length; t++) {
            if (left >= ties[t]) {
                cuts[t] = inputs.tensor(t).elements();
            } else if (left > 0) {
                cuts[t] = indexBehind(t, series, model, bits, left);
            }
            left -= Math.min(left, ties[t]);
        }
        return cuts;
    }

    private long indexBehind(int tensor, int series, int model, int bits, long ties) {
        var state = new long[2];
        forEachNumber(tensor, series, model, (own, index) -> {
            if (own == bits && ++state[0] == ties) {
                state[1] = index + 1;
            }
        });
        return state[1];
    }

    private interface NumberPass {
        void number(int bits, long index);
    }

    private void forEachNumber(int tensor, int series, int model, NumberPass pass) {
        float[] numbers = new float[series];
        inputs.tensor(tensor).forEachBlock(1, (runs, count, first) -> {
            for (int i = 0; i < count; i++) {
                number.of(tensor, runs, i, numbers);
                pass.number(bits(numbers[model]), first + i);
            }
        });
    }

    private void magnitudes(int tensor, int series, RankSelection.Pass pass) {
        inputs.tensor(tensor).forEachBlock(1, (runs, count, first) -> {
            int[][] keys = new int[series][count];
            float[] numbers = new float[series];
            for (int i = 0; i < count; i++) {
                number.of(tensor, runs, i, numbers);
                for (int m = 0; m < series; m++) {
                    keys[m][i] = bits(numbers[m]) | Integer.MIN_VALUE;
                }
            }
            for (int m = 0; m < series; m++) {
                pass.block(m, keys[m], count);
            }
        });
    }

    private static int bits(float number) {
        return Float.floatToIntBits(Math.abs(number));
    }
}
