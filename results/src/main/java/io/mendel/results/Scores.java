package io.mendel.results;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Metrics per task, each a finite number; {@code METRIC_stderr} beside {@code METRIC} is its standard error.
 *
 * @param tasks task name to metric name to value, sorted; unmodifiable
 * @since 0.1
 */
public record Scores(SortedMap<String, SortedMap<String, Double>> tasks) {
    private static final String STDERR_SUFFIX = "_stderr";

    public Scores {
        var copy = new TreeMap<String, SortedMap<String, Double>>();
        tasks.forEach((task, metrics) -> copy.put(task,
                FiniteValues.copyOf(metrics, "metric of " + task)));
        tasks = Collections.unmodifiableSortedMap(copy);
    }

    /**
     * The scores held by a map of maps.
     *
     * @throws IllegalArgumentException if a value is NaN or infinite
     */
    public static Scores of(Map<String, ? extends Map<String, Double>> tasks) {
        var sorted = new TreeMap<String, SortedMap<String, Double>>();
        tasks.forEach((task, metrics) -> sorted.put(task, new TreeMap<>(metrics)));
        return new Scores(sorted);
    }

    /** No scores at all. */
    public static Scores none() {
        return new Scores(new TreeMap<>());
    }

    /** Whether there is no task. */
    public boolean isEmpty() {
        return tasks.isEmpty();
    }

    /** The value of a metric; NaN if it was not measured. */
    public double value(String task, String metric) {
        var metrics = tasks.get(task);
        var value = metrics == null ? null : metrics.get(metric);
        return value == null ? Double.NaN : value;
    }

    /** The standard error of a metric; NaN if it is not known. */
    public double stderr(String task, String metric) {
        return value(task, metric + STDERR_SUFFIX);
    }

    /** Whether a metric name denotes the standard error of another metric. */
    public static boolean isStderr(String metric) {
        return metric.endsWith(STDERR_SUFFIX);
    }
}
