package io.mendel.merge;

import java.util.Arrays;

/**
 * Adds the deltas of each element that are active: {@code |delta| > ε}, or NaN. One alone is added as it is, of several
 * their mean.
 *
 * <p>
 * If one alone is enlarged (RAM+), then by {@code 1 + r·min(shared/unique, α)}, where {@code unique} and {@code shared}
 * count the model's active elements that it has alone and in common with others. Inputs are the base and the models.
 *
 * @param epsilon largest magnitude that is not active
 * @param r how much unique deltas are enlarged; 0 not at all
 * @param alpha the largest ratio that counts
 */
record Ram(double epsilon, double r, double alpha) implements BlockMerge {

    @Override
    public BlockFunction resolve(BlockInputs inputs) {
        float limit = (float) epsilon;
        float[] factors = factors(inputs, limit);
        return new FusedFunction((runs, count, target) -> {
            for (int i = 0; i < count; i++) {
                float origin = runs[0][i];
                float sum = -0.0f;
                int active = 0;
                float factor = 1;
                for (int m = 1; m < runs.length; m++) {
                    float delta = runs[m][i] - origin;
                    if (isActive(delta, limit)) {
                        sum += delta;
                        active++;
                        factor = factors[m - 1];
                    }
                }
                target[i] = origin + (active > 1 ? sum / active : sum * factor);
            }
        }, new FusedMerge.Active(limit, factors));
    }

    private static boolean isActive(float delta, float limit) {
        return !(Math.abs(delta) <= limit);
    }

    private float[] factors(BlockInputs inputs, float limit) {
        float[] factors = new float[inputs.count() - 1];
        Arrays.fill(factors, 1);
        if (r == 0) {
            return factors;
        }
        var unique = new long[factors.length];
        var shared = new long[factors.length];
        inputs.forEachBlock(1, (runs, count, firstIndex) -> {
            for (int i = 0; i < count; i++) {
                int active = 0;
                for (int m = 1; m < runs.length; m++) {
                    active += isActive(runs[m][i] - runs[0][i], limit) ? 1 : 0;
                }
                for (int m = 1; active > 0 && m < runs.length; m++) {
                    if (isActive(runs[m][i] - runs[0][i], limit)) {
                        (active == 1 ? unique : shared)[m - 1]++;
                    }
                }
            }
        });
        for (int m = 0; m < factors.length; m++) {
            double ratio = (double) shared[m] / Math.max(1, unique[m]);
            factors[m] = (float) (1 + r * Math.min(alpha, ratio));
        }
        return factors;
    }
}
