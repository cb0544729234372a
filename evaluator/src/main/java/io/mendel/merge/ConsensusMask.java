package io.mendel.merge;

import java.util.List;

/**
 * Consensus of TALL-masks: with {@code s = Σ wₜ·δₜ}, model t relies on an element if {@code |δₜ| > λₜ·|s − δₜ|}, and
 * the result is {@code base + scale·s} where at least k models do, else the base. Inputs are the base and the models.
 *
 * @param weights of the models
 * @param lambdas how much must rest on a model, one for each
 * @param k models that must rely on an element
 * @param scale factor of the sum
 */
record ConsensusMask(List<Double> weights, List<Double> lambdas, int k,
        double scale) implements BlockMerge {

    ConsensusMask {
        weights = List.copyOf(weights);
        lambdas = List.copyOf(lambdas);
    }

    @Override
    public BlockFunction resolve(BlockInputs inputs) {
        float[] weight = Floats.of(weights);
        float[] lambda = Floats.of(lambdas);
        float factor = (float) scale;
        return new FusedFunction((runs, count, target) -> {
            float[] base = runs[0];
            for (int i = 0; i < count; i++) {
                float sum = sum(runs, weight, i);
                int relying = 0;
                for (int m = 0; m < weight.length; m++) {
                    if (relies(runs[m + 1][i] - base[i], sum, lambda[m])) {
                        relying++;
                    }
                }
                target[i] = relying >= k ? base[i] + factor * sum : base[i];
            }
        }, new FusedMerge.Reliant(weight, lambda, k, factor));
    }

    /** {@code Σ wₜ·δₜ}, from left to right. */
    static float sum(float[][] runs, float[] weight, int i) {
        float sum = weight[0] * (runs[1][i] - runs[0][i]);
        for (int m = 1; m < weight.length; m++) {
            sum += weight[m] * (runs[m + 1][i] - runs[0][i]);
        }
        return sum;
    }

    /** One bit of a TALL-mask; equality is no reliance. */
    static boolean relies(float delta, float sum, float lambda) {
        return Math.abs(delta) > lambda * Math.abs(sum - delta);
    }
}
