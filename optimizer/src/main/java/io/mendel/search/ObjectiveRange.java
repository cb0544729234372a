package io.mendel.search;

import java.util.Arrays;

/** The least and the most that was seen in each dimension. */
final class ObjectiveRange {
    private static final double NARROWEST = 1e-12;

    private final double[] least;
    private final double[] most;

    ObjectiveRange(int dimensions) {
        least = new double[dimensions];
        most = new double[dimensions];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        Arrays.fill(most, Double.NEGATIVE_INFINITY);
    }

    /** Takes in a point; returns whether it lay outside. */
    boolean widen(double[] point) {
        boolean outside = false;
        for (int i = 0; i < least.length; i++) {
            outside |= point[i] < least[i] || point[i] > most[i];
            least[i] = Math.min(least[i], point[i]);
            most[i] = Math.max(most[i], point[i]);
        }
        return outside;
    }

    /** From 0 for the least to 1 for the most; 0 where all are the same. */
    double scaled(int dimension, double value) {
        return (value - least[dimension])
                / Math.max(NARROWEST, most[dimension] - least[dimension]);
    }
}
