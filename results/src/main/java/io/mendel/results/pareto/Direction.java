package io.mendel.results.pareto;

import java.util.List;

/**
 * Whether more or less of an objective is better.
 *
 * @since 0.1
 */
public enum Direction {
    /** More is better. */
    MAXIMIZE,
    /** Less is better. */
    MINIMIZE;

    /** Whether {@code a} is strictly better than {@code b}; false if either is NaN. */
    public boolean better(double a, double b) {
        return this == MAXIMIZE ? a > b : a < b;
    }

    /**
     * Turns a measured value into one that is maximised, or back: the value itself or its negative.
     *
     * @param value any number; 0 stays positive, NaN stays NaN
     */
    public double maximized(double value) {
        return switch (this) {
            case MAXIMIZE -> value;
            // 0 - 0 is +0 where negation would give -0, which compares and prints differently.
            case MINIMIZE -> 0 - value;
        };
    }

    /**
     * Turns measured values into a vector that is maximised, or back.
     *
     * @param values the values, one for each direction
     * @param directions the directions
     * @return a new array
     * @throws IllegalArgumentException if there are more or fewer values than directions
     */
    public static double[] maximized(List<Double> values, List<Direction> directions) {
        if (values.size() != directions.size()) {
            throw new IllegalArgumentException(
                    "%d objectives need as many values, not %s.".formatted(directions.size(),
                            values));
        }
        var maximized = new double[values.size()];
        for (int i = 0; i < maximized.length; i++) {
            maximized[i] = directions.get(i).maximized(values.get(i));
        }
        return maximized;
    }
}
