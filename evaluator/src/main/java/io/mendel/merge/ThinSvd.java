package io.mendel.merge;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;

/**
 * The thin singular value decomposition {@code A = U·Σ·Vᵀ} in fp64, by EJML's implicit QR on one thread.
 *
 * <p>
 * Singular values descend. Those beyond {@link #rank} are zero for the precision of the input and their vectors
 * arbitrary: nothing may depend on them. Costs O(m·n·min(m, n)).
 *
 * @param sigma the singular values
 * @param u left vectors: element {@code (i, k)} is {@code u[k][i]}
 * @param v right vectors, likewise
 * @param rank number of values above {@code 1e-12 · max(m, n) · σ₀}
 */
@SuppressWarnings("ArrayRecordComponent")
record ThinSvd(double[] sigma, double[][] u, double[][] v, int rank) {

    private static final double PRECISION = 1e-12;

    /**
     * Decomposes a matrix.
     *
     * @param matrix its elements, row by row; all finite; not changed
     * @throws IllegalStateException if the iteration does not converge
     */
    static ThinSvd of(double[] matrix, int rows, int columns) {
        int size = Math.min(rows, columns);
        if (size == 0) {
            return new ThinSvd(new double[0], new double[0][], new double[0][], 0);
        }
        var svd = DecompositionFactory_DDRM.svd(rows, columns, true, true, true);
        if (!svd.decompose(new DMatrixRMaj(rows, columns, true, matrix.clone()))) {
            throw new IllegalStateException(
                    "The singular values of a matrix of %d × %d did not converge."
                            .formatted(rows, columns));
        }
        double[] values = svd.getSingularValues();
        DMatrixRMaj left = svd.getU(null, false);
        DMatrixRMaj right = svd.getV(null, false);
        int[] order = IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.comparingDouble(k -> -values[k]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] sigma = new double[size];
        double[][] u = new double[size][rows];
        double[][] v = new double[size][columns];
        for (int k = 0; k < size; k++) {
            sigma[k] = values[order[k]];
            for (int i = 0; i < rows; i++) {
                u[k][i] = left.get(i, order[k]);
            }
            for (int j = 0; j < columns; j++) {
                v[k][j] = right.get(j, order[k]);
            }
        }
        double limit = PRECISION * Math.max(rows, columns) * sigma[0];
        int rank = 0;
        while (rank < size && sigma[rank] > limit) {
            rank++;
        }
        return new ThinSvd(sigma, u, v, rank);
    }

    /** {@code Σ σₖ·uₖ·vₖᵀ} of the first {@code count} values, row by row. */
    double[] truncated(int count, int rows, int columns) {
        double[] matrix = new double[rows * columns];
        for (int k = 0; k < Math.min(count, rank); k++) {
            addOuter(matrix, sigma[k], u[k], v[k]);
        }
        return matrix;
    }

    /** {@code M ← M + f·a·bᵀ}. */
    static void addOuter(double[] matrix, double factor, double[] a, double[] b) {
        for (int i = 0; i < a.length; i++) {
            double scaled = factor * a[i];
            for (int j = 0, at = i * b.length; j < b.length; j++, at++) {
                matrix[at] += scaled * b[j];
            }
        }
    }

    /** {@code Mᵀ·a}. */
    static double[] leftProduct(double[] a, double[] matrix, int columns) {
        double[] product = new double[columns];
        for (int i = 0; i < a.length; i++) {
            for (int j = 0, at = i * columns; j < columns; j++, at++) {
                product[j] += a[i] * matrix[at];
            }
        }
        return product;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
