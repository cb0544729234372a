package io.mendel.benchmark.subset;

import java.util.Arrays;

/**
 * Some of many items, and how many of them each stands for.
 *
 * @param chosen indices of the items, ascending; copied
 * @param weights for each of them how many items it stands for, above 0; they sum to the number of all; copied
 * @since 0.1
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers in and out
public record Subset(int[] chosen, double[] weights) {

    public Subset {
        chosen = chosen.clone();
        weights = weights.clone();
        if (chosen.length != weights.length
                || Arrays.stream(weights).anyMatch(weight -> !(weight > 0))) {
            throw new IllegalArgumentException(
                    "Each of the items %s needs a weight above 0, not %s.".formatted(
                            Arrays.toString(chosen), Arrays.toString(weights)));
        }
    }

    /** All items, each for itself. */
    static Subset all(int items) {
        var chosen = new int[items];
        Arrays.setAll(chosen, i -> i);
        var weights = new double[items];
        Arrays.fill(weights, 1);
        return new Subset(chosen, weights);
    }

    @Override
    public int[] chosen() {
        return chosen.clone();
    }

    @Override
    public double[] weights() {
        return weights.clone();
    }
}
