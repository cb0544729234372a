package io.mendel.merge;

import io.mendel.checkpoint.TensorInfo;

/**
 * Takes the other model's elements where they are unusually important: {@code |other − base|·KL} is at least
 * {@code median + 1.5·(Q3 − Q1)} over the whole tensor.
 *
 * <p>
 * {@code KL} is the divergence of a row's softmax, {@code Σ p·ln(p/q)} with {@code p = softmax(other) + 1e-8} and
 * {@code q = softmax(base) + 1e-8}, in fp64; importances are compared as fp32. The quantile {@code f} of n elements is the
 * one of rank {@code ⌊f·(n − 1)⌋}, found by selection. Inputs are the base and the other model.
 */
record ArceeFusion() implements BlockMerge {

    private static final double FLOOR = 1e-8;

    @Override
    public long unit(TensorInfo output) {
        return BlockMerge.row(output);
    }

    @Override
    public BlockFunction resolve(BlockInputs inputs) {
        int row = Math.toIntExact(inputs.row());
        float[] divergences = divergences(inputs, row);
        var importances = new DerivedBits(inputs, row, (runs, count, firstIndex, bits) -> {
            int line = Math.toIntExact(firstIndex / row);
            for (int i = 0; i < count; i++) {
                float importance = importance(runs, i, divergences[line + i / row]);
                bits[i] = Float.floatToIntBits(importance);
            }
        });
        long last = inputs.elements() - 1;
        if (last < 0) {
            return (runs, count, target) -> {
            };
        }
        long[] ranks = {rank(0.25, last), rank(0.5, last), rank(0.75, last)};
        Trim[] quartiles = MagnitudeSelection.select(importances, ranks);
        double threshold = value(quartiles[1])
                + 1.5 * (value(quartiles[2]) - value(quartiles[0]));
        return new FusedFunction(new Fusion(row, divergences, threshold),
                new FusedMerge.Fusion(row, divergences, threshold));
    }

    /** How many elements are at least as large as the quantile. */
    private static long rank(double quantile, long last) {
        return last + 1 - (long) Math.floor(quantile * last);
    }

    private static double value(Trim trim) {
        return Float.intBitsToFloat(trim.bits());
    }

    private static float importance(float[][] runs, int element, float divergence) {
        return Math.abs(runs[1][element] - runs[0][element]) * divergence;
    }

    private static float[] divergences(BlockInputs inputs, int row) {
        var divergences = new float[Math.toIntExact(inputs.elements() / row)];
        inputs.forEachBlock(row, (runs, count, firstIndex) -> {
            int line = Math.toIntExact(firstIndex / row);
            for (int from = 0; from < count; from += row) {
                divergences[line++] = (float) divergence(runs[1], runs[0], from, from + row);
            }
        });
        return divergences;
    }

    private static double divergence(float[] other, float[] base, int from, int to) {
        double[] p = softmax(other, from, to);
        double[] q = softmax(base, from, to);
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            double floored = p[i] + FLOOR;
            sum += floored * StrictMath.log(floored / (q[i] + FLOOR));
        }
        // Rounding may leave equal distributions a little below 0.
        return Math.max(0, sum);
    }

    private static double[] softmax(float[] values, int from, int to) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            largest = Math.max(largest, values[i]);
        }
        double[] shares = new double[to - from];
        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            shares[i] = StrictMath.exp(values[from + i] - largest);
            sum += shares[i];
        }
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= sum;
        }
        return shares;
    }

    /** Mixes runs once the threshold is known. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Fusion(int row, float[] divergences,
            double threshold) implements BlockFunction {

        @Override
        public void apply(float[][] inputs, int count, float[] target) {
            applyAt(inputs, count, 0, target);
        }

        @Override
        public void applyAt(float[][] inputs, int count, long firstIndex, float[] target) {
            int line = Math.toIntExact(firstIndex / row);
            for (int i = 0; i < count; i++) {
                float importance = importance(inputs, i, divergences[line + i / row]);
                // NaN is not less than anything, so it passes on.
                target[i] = importance < threshold ? inputs[0][i] : inputs[1][i];
            }
        }
    }
}
