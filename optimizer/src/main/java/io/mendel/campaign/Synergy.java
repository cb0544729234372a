package io.mendel.campaign;

import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.EvaluationResult;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a merged model stands to the mean of its parents: {@code score(merged) − mean(score(parents))}.
 *
 * <p>
 * Lu, Luu, Buehler: Fine-tuning large language models for domain adaptation, 2024, https://arxiv.org/abs/2409.03444
 *
 * @param difference the score of the merged model, less the mean of its parents' scores, whatever the metric's direction
 * @param emergent whether the merged model is better than each of its parents
 * @since 0.1
 */
public record Synergy(double difference, boolean emergent) {

    /**
     * The synergy in one metric.
     *
     * @param merged score of the merged model
     * @param parents scores of its parents, at least one
     * @param higherIsBetter the metric's direction
     */
    public static Synergy of(double merged, List<Double> parents, boolean higherIsBetter) {
        double mean = parents.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        boolean emergent = parents.stream()
                .allMatch(parent -> higherIsBetter ? merged > parent : merged < parent);
        return new Synergy(merged - mean, emergent);
    }

    /**
     * The synergy in all metrics, by task and metric.
     *
     * @param benchmark the tasks
     * @param merged what the merged model scored
     * @param parents what its parents scored on the same items
     */
    public static SortedMap<String, SortedMap<String, Synergy>> of(Benchmark benchmark,
            EvaluationResult merged, List<EvaluationResult> parents) {
        var synergies = new TreeMap<String, SortedMap<String, Synergy>>();
        merged.scores().forEach((task, scores) -> {
            var metrics = new TreeMap<String, Synergy>();
            scores.forEach((metric, score) -> metrics.put(metric, of(score,
                    parents.stream().map(one -> one.score(task, metric)).toList(),
                    benchmark.task(task).higherIsBetter(metric))));
            synergies.put(task, metrics);
        });
        return synergies;
    }
}
