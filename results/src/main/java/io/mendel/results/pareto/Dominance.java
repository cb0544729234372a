package io.mendel.results.pareto;

/**
 * Pareto dominance of vectors whose components are all maximised.
 *
 * @since 0.1
 */
public final class Dominance {
    private Dominance() {}

    /**
     * Whether {@code a} is nowhere worse than {@code b} and somewhere better.
     *
     * <p>
     * A NaN is neither better nor worse than anything, so callers keep NaN out.
     *
     * @throws IllegalArgumentException if the lengths differ
     */
    public static boolean dominates(double[] a, double[] b) {
        return compare(a, b) > 0;
    }

    /**
     * Compares two vectors: 1 if {@code a} dominates, −1 if {@code b} dominates, 0 if neither does or they are equal.
     *
     * @throws IllegalArgumentException if the lengths differ
     */
    public static int compare(double[] a, double[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException(
                    "Vectors of %d and %d objectives cannot be compared.".formatted(a.length,
                            b.length));
        }
        boolean better = false;
        boolean worse = false;
        for (int i = 0; i < a.length; i++) {
            better |= a[i] > b[i];
            worse |= a[i] < b[i];
        }
        return better == worse ? 0 : better ? 1 : -1;
    }
}
