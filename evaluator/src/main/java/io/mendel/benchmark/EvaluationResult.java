package io.mendel.benchmark;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What a candidate did on an item set: every document, and one number per task and result.
 *
 * @since 0.1
 */
public final class EvaluationResult {

    private final Benchmark benchmark;
    private final List<ItemResult> items;
    /** How much documents count, by task; none where they count alike. */
    private final Map<String, Map<Integer, Double>> shares = new HashMap<>();
    private final Map<String, List<ItemResult>> byTask = new LinkedHashMap<>();

    private EvaluationResult(Benchmark benchmark, List<ItemResult> items, List<ItemSet> sets) {
        this.benchmark = benchmark;
        for (ItemSet set : sets) {
            for (ItemSet.Part part : set.parts()) {
                for (int i = 0; i < part.weights().size(); i++) {
                    shares.computeIfAbsent(part.task(), _ -> new HashMap<>())
                            .put(part.docIds().get(i), part.weights().get(i));
                }
            }
        }
        this.items = List.copyOf(items);
        for (ItemResult item : items) {
            byTask.computeIfAbsent(item.task(), _ -> new java.util.ArrayList<>()).add(item);
        }
        byTask.keySet().forEach(benchmark::task);
    }

    /**
     * Aggregates documents, for example those read back from a store or several evaluations of one candidate together.
     *
     * @param benchmark the tasks
     * @param items documents of these tasks
     * @throws IllegalArgumentException if a document belongs to another task
     */
    public static EvaluationResult of(Benchmark benchmark, List<ItemResult> items) {
        return new EvaluationResult(benchmark, items, List.of());
    }

    /**
     * Aggregates documents that may not all count alike.
     *
     * @param benchmark the tasks
     * @param items documents of these tasks
     * @param sets the sets they come from, which know how much each of them counts
     * @throws IllegalArgumentException if a document belongs to another task
     */
    public static EvaluationResult of(Benchmark benchmark, List<ItemResult> items,
            List<ItemSet> sets) {
        return new EvaluationResult(benchmark, items, sets);
    }

    /** The documents in the order of the item set. */
    public List<ItemResult> items() {
        return items;
    }

    /**
     * The documents of one task, none if the item set has none of it.
     *
     * @param task name of the task
     */
    public List<ItemResult> items(String task) {
        return Collections.unmodifiableList(byTask.getOrDefault(task, List.of()));
    }

    /** Whether the model produced numbers only, no NaN and no infinity. */
    public boolean finite() {
        return items.stream().allMatch(ItemResult::finite);
    }

    /** The numbers of every task, by task and result name in the order of the benchmark. */
    public Map<String, Map<String, Double>> scores() {
        var scores = new LinkedHashMap<String, Map<String, Double>>();
        for (Task task : benchmark.tasks()) {
            if (!items(task.name()).isEmpty()) {
                var results = new LinkedHashMap<String, Double>();
                task.resultNames().forEach(name -> results.put(name, score(task.name(), name)));
                scores.put(task.name(), Collections.unmodifiableMap(results));
            }
        }
        return Collections.unmodifiableMap(scores);
    }

    /**
     * One number.
     *
     * @param task name of the task
     * @param resultName one of its {@link Task#resultNames()}
     * @return NaN if there are no documents or the model produced NaN on one of them
     * @throws IllegalArgumentException if there is no such task or result
     */
    public double score(String task, String resultName) {
        return benchmark.task(task).metric(resultName).aggregation().of(values(task, resultName));
    }

    /**
     * The standard error of one number, as the harness computes it.
     *
     * @param task name of the task
     * @param resultName one of its {@link Task#resultNames()}
     * @return empty where the harness has none (weighted perplexities, fewer than two documents); bootstrapped for
     *         {@code perplexity}, which takes about a second
     * @throws IllegalArgumentException if there is no such task or result
     */
    public OptionalDouble standardError(String task, String resultName) {
        return benchmark.task(task)
                .metric(resultName)
                .aggregation()
                .standardError(values(task, resultName));
    }

    private List<Aggregation.Score> values(String task, String resultName) {
        return items(task).stream()
                .flatMap(item -> item.score(resultName)
                        .map(score -> shares.isEmpty() ? score : score.counting(share(item)))
                        .stream())
                .toList();
    }

    private double share(ItemResult item) {
        return shares.getOrDefault(item.task(), Map.of()).getOrDefault(item.docId(), 1.0);
    }
}
