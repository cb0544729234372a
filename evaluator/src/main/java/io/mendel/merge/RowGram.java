package io.mendel.merge;

import java.util.Arrays;

/** Inner products of a piece of some vectors, each computed when first asked for. */
final class RowGram implements GramMatrix {

    private final float[][] vectors;
    private final int from;
    private final int to;
    private final double[][] known;

    RowGram(float[][] vectors, int from, int to) {
        this.vectors = vectors;
        this.from = from;
        this.to = to;
        this.known = new double[vectors.length][vectors.length];
        for (double[] row : known) {
            Arrays.fill(row, Double.NaN);
        }
    }

    @Override
    public double product(int i, int j) {
        int first = Math.min(i, j);
        int second = Math.max(i, j);
        if (Double.isNaN(known[first][second])) {
            known[first][second] = dot(vectors[first], vectors[second]);
        }
        return known[first][second];
    }

    /** Four interleaved sums, then the rest, so that the order does not depend on the run. */
    private double dot(float[] a, float[] b) {
        double first = 0;
        double second = 0;
        double third = 0;
        double fourth = 0;
        int i = from;
        for (; i <= to - 4; i += 4) {
            first += (double) a[i] * b[i];
            second += (double) a[i + 1] * b[i + 1];
            third += (double) a[i + 2] * b[i + 2];
            fourth += (double) a[i + 3] * b[i + 3];
        }
        for (; i < to; i++) {
            first += (double) a[i] * b[i];
        }
        return first + second + third + fourth;
    }
}
