package io.mendel.search;

import java.util.Arrays;

/** A covariance matrix with all correlations; an update costs O(n³). */
final class FullCovariance implements Covariance {
    private final int n;
    private final double[][] matrix;
    private double[][] basis;
    private double[] deviation;

    FullCovariance(int genes) {
        n = genes;
        matrix = identity(n);
        basis = identity(n);
        deviation = new double[n];
        Arrays.fill(deviation, 1);
    }

    /** Without correlations yet, and with these variances. */
    FullCovariance(double[] variances) {
        this(variances.length);
        for (int i = 0; i < n; i++) {
            matrix[i][i] = variances[i];
            deviation[i] = Math.sqrt(variances[i]);
        }
    }

    @Override
    public double[] colour(double[] normal) {
        var step = new double[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                step[i] += basis[i][j] * deviation[j] * normal[j];
            }
        }
        return step;
    }

    @Override
    public double[] whiten(double[] step) {
        var rotated = new double[n];
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                rotated[j] += basis[i][j] * step[i];
            }
            rotated[j] /= deviation[j];
        }
        var normal = new double[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                normal[i] += basis[i][j] * rotated[j];
            }
        }
        return normal;
    }

    @Override
    public void update(double keep, double rankOne, double[] path, double[] weights,
            double[][] steps) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = keep * matrix[i][j] + rankOne * path[i] * path[j];
                for (int k = 0; k < weights.length; k++) {
                    sum += weights[k] * steps[k][i] * steps[k][j];
                }
                matrix[i][j] = sum;
                matrix[j][i] = sum;
            }
        }
        decompose();
    }

    /** Jacobi's eigenvalue algorithm: rotates all pairs of axes in turn until the matrix is diagonal. */
    private void decompose() {
        var a = new double[n][];
        for (int i = 0; i < n; i++) {
            a[i] = matrix[i].clone();
        }
        basis = identity(n);
        for (int sweep = 0; sweep < 50 && offDiagonal(a) > 1e-24 * trace(a) * trace(a); sweep++) {
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    if (a[p][q] != 0) {
                        rotate(a, p, q);
                    }
                }
            }
        }
        deviation = new double[n];
        double floor = 1e-14 * trace(a);
        for (int i = 0; i < n; i++) {
            deviation[i] = Math.sqrt(Math.max(a[i][i], floor));
        }
    }

    private void rotate(double[][] a, int p, int q) {
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        double cosine = 1 / Math.sqrt(tangent * tangent + 1);
        double sine = tangent * cosine;
        for (int k = 0; k < n; k++) {
            double left = a[k][p];
            double right = a[k][q];
            a[k][p] = cosine * left - sine * right;
            a[k][q] = sine * left + cosine * right;
        }
        for (int k = 0; k < n; k++) {
            double upper = a[p][k];
            double lower = a[q][k];
            a[p][k] = cosine * upper - sine * lower;
            a[q][k] = sine * upper + cosine * lower;
            double left = basis[k][p];
            double right = basis[k][q];
            basis[k][p] = cosine * left - sine * right;
            basis[k][q] = sine * left + cosine * right;
        }
    }

    private static double offDiagonal(double[][] a) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < i; j++) {
                sum += a[i][j] * a[i][j];
            }
        }
        return sum;
    }

    private static double trace(double[][] a) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i][i];
        }
        return sum;
    }

    private static double[][] identity(int n) {
        var identity = new double[n][n];
        for (int i = 0; i < n; i++) {
            identity[i][i] = 1;
        }
        return identity;
    }

    @Override
    public double spread() {
        double largest = 0;
        for (int i = 0; i < n; i++) {
            largest = Math.max(largest, matrix[i][i]);
        }
        return Math.sqrt(largest);
    }

    @Override
    public double learningFactor() {
        return 1;
    }
}
