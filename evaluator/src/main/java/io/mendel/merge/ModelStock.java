package io.mendel.merge;

import java.util.Arrays;

/**
 * The share of the models' mean in a model stock: {@code t = N·c / (1 + (N − 1)·c)}, clamped to [0, 1], where {@code c}
 * is the mean cosine of all pairs of deltas. A delta of length 0 is at a right angle to all others.
 *
 * <p>
 * Unclamped, the share turns negative when deltas oppose each other, and is 0/0 for two that are antiparallel. Jang,
 * Yun, Han: Model stock, 2024, https://arxiv.org/abs/2403.19522
 */
record ModelStock() implements CombinationMerge {

    @Override
    public double[] coefficients(GramMatrix gram, int inputs) {
        double[] coefficients = new double[inputs];
        Arrays.fill(coefficients, share(gram, inputs) / inputs);
        return coefficients;
    }

    private static double share(GramMatrix gram, int inputs) {
        double sum = 0;
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < i; j++) {
                double lengths = Math.sqrt(gram.product(i, i)) * Math.sqrt(gram.product(j, j));
                double cosine = gram.product(i, j) / lengths;
                sum += lengths == 0 ? 0 : Math.clamp(cosine, -1, 1);
            }
        }
        double mean = sum / (inputs * (inputs - 1) / 2);
        return mean <= 0 ? 0 : Math.min(1, inputs * mean / (1 + (inputs - 1) * mean));
    }
}
