package io.mendel.search;

import java.util.Arrays;

/**
 * A covariance matrix without correlations.
 *
 * <p>
 * R. Ros and N. Hansen, <em>A simple modification in CMA-ES achieving linear time and space complexity</em>, 2008.
 */
final class DiagonalCovariance implements Covariance {
    private final double[] variance;

    DiagonalCovariance(int genes) {
        variance = new double[genes];
        Arrays.fill(variance, 1);
    }

    /** The same matrix, ready to learn correlations. */
    FullCovariance full() {
        return new FullCovariance(variance);
    }

    @Override
    public double[] colour(double[] normal) {
        var step = new double[variance.length];
        for (int i = 0; i < step.length; i++) {
            step[i] = Math.sqrt(variance[i]) * normal[i];
        }
        return step;
    }

    @Override
    public double[] whiten(double[] step) {
        var normal = new double[variance.length];
        for (int i = 0; i < normal.length; i++) {
            normal[i] = step[i] / Math.sqrt(variance[i]);
        }
        return normal;
    }

    @Override
    public void update(double keep, double rankOne, double[] path, double[] weights,
            double[][] steps) {
        for (int i = 0; i < variance.length; i++) {
            double sum = keep * variance[i] + rankOne * path[i] * path[i];
            for (int k = 0; k < weights.length; k++) {
                sum += weights[k] * steps[k][i] * steps[k][i];
            }
            variance[i] = sum;
        }
    }

    @Override
    public double spread() {
        return Math.sqrt(Arrays.stream(variance).max().orElseThrow());
    }

    @Override
    public double learningFactor() {
        return (variance.length + 2) / 3.0;
    }
}
