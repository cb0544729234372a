package io.mendel.search;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The normal distribution that CMA-ES samples and adapts.
 *
 * <p>
 * N. Hansen, <em>The CMA evolution strategy: a tutorial</em>, 2016, <a href="https://arxiv.org/abs/1604.00772">arXiv
 * 1604.00772</a>, with positive weights only; names as there.
 */
final class CmaDistribution {
    private static final int RESAMPLES = 10;

    private final int n;
    private final double[] weights;
    private final double mueff;
    private final double cc;
    private final double cs;
    private final double c1;
    private final double cmu;
    private final double damps;
    private final double chi;
    private final double[] mean;
    private final Covariance covariance;
    private final double[] pc;
    private final double[] ps;
    private double sigma;
    private int updates;

    CmaDistribution(double[] mean, double sigma, int lambda, Covariance covariance) {
        n = mean.length;
        this.mean = mean.clone();
        this.sigma = sigma;
        this.covariance = covariance;
        pc = new double[n];
        ps = new double[n];
        weights = weights(Math.max(1, lambda / 2));
        mueff = 1 / Arrays.stream(weights).map(w -> w * w).sum();
        cc = (4 + mueff / n) / (n + 4 + 2 * mueff / n);
        cs = (mueff + 2) / (n + mueff + 5);
        double factor = covariance.learningFactor();
        c1 = Math.min(1, factor * 2 / ((n + 1.3) * (n + 1.3) + mueff));
        cmu = Math.min(1 - c1,
                factor * 2 * (mueff - 2 + 1 / mueff) / ((n + 2.0) * (n + 2) + mueff));
        damps = 1 + 2 * Math.max(0, Math.sqrt((mueff - 1) / (n + 1)) - 1) + cs;
        chi = Math.sqrt(n) * (1 - 1 / (4.0 * n) + 1 / (21.0 * n * n));
    }

    /** This distribution, from now on with another covariance, which says the same so far. */
    CmaDistribution with(Covariance other, int lambda) {
        var next = new CmaDistribution(mean, sigma, lambda, other);
        System.arraycopy(pc, 0, next.pc, 0, n);
        System.arraycopy(ps, 0, next.ps, 0, n);
        next.updates = updates;
        return next;
    }

    /** Weights of the best {@code mu}, falling with the logarithm of the rank, summing to 1. */
    static double[] weights(int mu) {
        var weights = new double[mu];
        for (int i = 0; i < mu; i++) {
            weights[i] = StrictMath.log(mu + 0.5) - StrictMath.log(i + 1);
        }
        return normalised(weights);
    }

    private static double[] normalised(double[] weights) {
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(w -> w / sum).toArray();
    }

    /** A sample, drawn again if it leaves [0, 1], at last clamped. */
    double[] sample(RandomGenerator random) {
        var point = new double[n];
        boolean inside = false;
        for (int attempt = 0; attempt < RESAMPLES && !inside; attempt++) {
            inside = true;
            var normal = new double[n];
            Arrays.setAll(normal, i -> random.nextGaussian());
            double[] step = covariance.colour(normal);
            for (int i = 0; i < n; i++) {
                point[i] = mean[i] + sigma * step[i];
                inside &= point[i] >= 0 && point[i] <= 1;
            }
        }
        Arrays.setAll(point, i -> Math.clamp(point[i], 0.0, 1.0));
        return point;
    }

    /**
     * Moves towards the better points.
     *
     * @param points points in [0, 1], best first; those that this distribution did not draw are pulled within its reach
     * @param flat whether many points are equally good, which asks for larger steps
     */
    void update(List<double[]> points, boolean flat) {
        if (points.isEmpty()) {
            return;
        }
        double[] w = points.size() < weights.length
                ? normalised(Arrays.copyOf(weights, points.size()))
                : weights;
        var steps = new double[w.length][];
        for (int k = 0; k < w.length; k++) {
            steps[k] = step(points.get(k));
        }
        var y = new double[n];
        for (int k = 0; k < w.length; k++) {
            for (int i = 0; i < n; i++) {
                y[i] += w[k] * steps[k][i];
            }
        }
        updates++;
        double[] white = covariance.whiten(y);
        for (int i = 0; i < n; i++) {
            mean[i] = Math.clamp(mean[i] + sigma * y[i], 0.0, 1.0);
            ps[i] = (1 - cs) * ps[i] + Math.sqrt(cs * (2 - cs) * mueff) * white[i];
        }
        double length = norm(ps);
        boolean stalled = length
                / Math.sqrt(1 - StrictMath.pow(1 - cs, 2.0 * updates)) >= (1.4 + 2 / (n + 1.0))
                        * chi;
        for (int i = 0; i < n; i++) {
            pc[i] = (1 - cc) * pc[i] + (stalled ? 0 : Math.sqrt(cc * (2 - cc) * mueff) * y[i]);
        }
        double keep = 1 - c1 - cmu + (stalled ? c1 * cc * (2 - cc) : 0);
        covariance.update(keep, c1, pc, Arrays.stream(w).map(x -> cmu * x).toArray(), steps);
        sigma *= StrictMath
                .exp(Math.min(1, cs / damps * (length / chi - 1)) + (flat ? 0.2 + cs / damps : 0));
        // A box of width 1 has no use for larger steps, and they would take long to shrink.
        sigma = Math.min(sigma, 1 / covariance.spread());
    }

    /** The step to a point, shortened as in N. Hansen, <em>Injecting external solutions into CMA-ES</em>, 2011. */
    private double[] step(double[] point) {
        var step = new double[n];
        Arrays.setAll(step, i -> (point[i] - mean[i]) / sigma);
        double length = norm(covariance.whiten(step));
        double limit = Math.sqrt(n) + 2.0 * n / (n + 2);
        if (length > limit) {
            Arrays.setAll(step, i -> step[i] * limit / length);
        }
        return step;
    }

    private static double norm(double[] x) {
        return Math.sqrt(Arrays.stream(x).map(v -> v * v).sum());
    }

    /** The largest standard deviation of a gene. */
    double spread() {
        return sigma * covariance.spread();
    }
}
