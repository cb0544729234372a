package io.mendel.search;

import java.util.Arrays;

/**
 * The arithmetic of GENOME and GENOME+.
 *
 * <p>
 * Y. Zhang et al., <em>Nature-inspired population-based evolution of large language models</em>, 2025,
 * <a href="https://arxiv.org/abs/2503.01155">arXiv 2503.01155</a>.
 */
final class GenomeOperators {
    private GenomeOperators() {}

    /** {@code Σ f_i·x_i / Σ f_i}, the parents' mean weighted by their fitness. */
    static double[] combine(double[] first, double firstFitness, double[] second,
            double secondFitness) {
        double sum = firstFitness + secondFitness;
        double share = sum > 0 ? firstFitness / sum : 0.5;
        var child = new double[first.length];
        Arrays.setAll(child, i -> share * first[i] + (1 - share) * second[i]);
        return child;
    }

    /** {@code x + σ·ε} where the mask is set. */
    static double[] mutate(double[] x, double sigma, double[] noise, boolean[] mask) {
        var mutant = x.clone();
        for (int i = 0; i < mutant.length; i++) {
            mutant[i] += mask[i] ? sigma * noise[i] : 0;
        }
        return mutant;
    }

    /** Weights of inertia, own best, global best and global worst in {@link #velocity}. */
    static final double[] PHI = {0.2, 0.2, 0.2, 0.1};

    /**
     * {@code v ← (r₀φ₀·v + r₁φ₁·(p − x) + r₂φ₂·(g⁺ − x) − r₃φ₃·(g⁻ − x)) / Σ r_i·φ_i}.
     *
     * @param r four random numbers in [0, 1]
     * @param own the best place p of the individual itself
     * @param best the best place g⁺ of all
     * @param worst the worst place g⁻ of all
     */
    static double[] velocity(double[] v, double[] x, double[] own, double[] best, double[] worst,
            double[] r) {
        var factor = new double[4];
        Arrays.setAll(factor, i -> r[i] * PHI[i]);
        double sum = Math.max(1e-12, Arrays.stream(factor).sum());
        var next = new double[v.length];
        Arrays.setAll(next, i -> (factor[0] * v[i] + factor[1] * (own[i] - x[i])
                + factor[2] * (best[i] - x[i]) - factor[3] * (worst[i] - x[i])) / sum);
        return next;
    }

    /** {@code x + λ·v}. */
    static double[] move(double[] x, double lambda, double[] v) {
        var moved = new double[x.length];
        Arrays.setAll(moved, i -> x[i] + lambda * v[i]);
        return moved;
    }
}
