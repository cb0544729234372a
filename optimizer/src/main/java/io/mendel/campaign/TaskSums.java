package io.mendel.campaign;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * Differences of several objectives, item by item. Objectives of one task are not independent of each other, so their
 * items are added up first; tasks are independent.
 */
final class TaskSums {

    private final Map<String, double[]> byTask = new LinkedHashMap<>();

    /**
     * Adds the differences of an objective.
     *
     * @param task its task
     * @param differences one for each item of the task, in the order of the task's other objectives
     * @param divisor what they are divided by
     */
    void add(String task, double[] differences, double divisor) {
        double[] sums = byTask.computeIfAbsent(task, _ -> new double[differences.length]);
        if (sums.length != differences.length) {
            throw new IllegalArgumentException(
                    "The objectives of the task %s have %d and %d items.".formatted(task,
                            sums.length, differences.length));
        }
        for (int item = 0; item < sums.length; item++) {
            sums[item] += differences[item] / divisor;
        }
    }

    /** The sum of the tasks' means. */
    double mean() {
        double mean = 0;
        for (double[] sums : byTask.values()) {
            mean += Arrays.stream(sums).sum() / sums.length;
        }
        return mean;
    }

    /**
     * Squared standard error of {@link #mean}.
     *
     * @param all how many items a task has, of which these are a sample; infinite if they stand for all there could be
     */
    double variance(ToDoubleFunction<String> all) {
        double variance = 0;
        for (var entry : byTask.entrySet()) {
            variance += variance(Objects.requireNonNull(entry.getValue()),
                    all.applyAsDouble(entry.getKey()));
        }
        return variance;
    }

    /** Squared standard error of the mean of differences, sampled from so many; 0 for a single one. */
    static double variance(double[] differences, double all) {
        double n = differences.length;
        double mean = Arrays.stream(differences).sum() / n;
        double squares = 0;
        for (double difference : differences) {
            squares += (difference - mean) * (difference - mean);
        }
        return squares / Math.max(1, n - 1) / n * (1 - n / all);
    }
}
