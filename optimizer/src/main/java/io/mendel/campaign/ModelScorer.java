package io.mendel.campaign;

import io.mendel.benchmark.EvaluationResult;
import io.mendel.benchmark.Evaluator;
import io.mendel.benchmark.ItemResult;
import io.mendel.benchmark.ItemSet;
import io.mendel.benchmark.Task;
import io.mendel.benchmark.TaskException;
import io.mendel.graph.DecoderConfig;
import io.mendel.merge.MergeException;
import io.mendel.merge.MergePlan;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.Merger;
import io.mendel.results.ItemScores;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Outcome;
import io.mendel.results.Scores;
import io.mendel.runtime.InferenceEngine;
import io.mendel.runtime.InferenceException;
import io.mendel.space.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Plans the merge of a recipe, runs it block by block on the benchmark's items and keeps what every item said. */
final class ModelScorer implements RecipeScorer {

    private final ParentModels parents;
    private final Merger merger;
    private final InferenceEngine engine;
    private final Evaluator evaluator;
    private final Map<ItemRole, ItemSet> items;
    private final List<ObjectiveDefinition> objectives;

    /**
     * A scorer; it closes the engine, everything else is shared.
     *
     * @param engine runs the candidates of this scorer only
     * @param evaluator scores on that engine
     */
    ModelScorer(ParentModels parents, Merger merger, InferenceEngine engine, Evaluator evaluator,
            Map<ItemRole, ItemSet> items, List<ObjectiveDefinition> objectives) {
        this.parents = parents;
        this.merger = merger;
        this.engine = engine;
        this.evaluator = evaluator;
        this.items = Map.copyOf(items);
        this.objectives = List.copyOf(objectives);
    }

    @Override
    public Outcome score(Recipe recipe, ItemRole role) {
        try {
            MergePlan plan = MergePlanner.plan(recipe, parents.checkpoints());
            DecoderConfig config = parents.config(plan);
            long start = System.nanoTime();
            EvaluationResult result = evaluator.evaluate(
                    new MergedCandidate(config, merger.open(plan)),
                    Objects.requireNonNull(items.get(role)));
            if (!result.finite()) {
                return new Outcome.Failed("the model produced NaN or infinite log-likelihoods");
            }
            return outcome(result, plan, config, (System.nanoTime() - start) / 1e9);
        } catch (MergeException | TaskException | InferenceException e) {
            return new Outcome.Failed(String.valueOf(e.getMessage()));
        }
    }

    private Outcome outcome(EvaluationResult result, MergePlan plan, DecoderConfig config,
            double seconds) {
        var scores = scores(result);
        var values = new TreeMap<String, Double>();
        for (ObjectiveDefinition objective : objectives) {
            String task = objective.task();
            double value = task != null
                    ? scores.value(task, objective.metric())
                    : switch (objective.metric()) {
                        case "layers" -> config.layers();
                        case "parameters" -> plan.elements();
                        case "entropy" -> perTask(result, Unlabelled::entropy);
                        case "mutual_information" ->
                            perTask(result, Unlabelled::mutualInformation);
                        case "latency" -> seconds;
                        case "flops" -> TokenCost.flops(plan, config);
                        default -> throw new IllegalStateException(
                                "Unknown measure " + objective.metric());
                    };
            if (!Double.isFinite(value)) {
                return new Outcome.Failed("the objective " + objective.name() + " is " + value);
            }
            values.put(objective.name(), value);
        }
        return new Outcome.Finished(values, scores, itemScores(result));
    }

    /** The mean over the tasks that have choices. */
    private double perTask(EvaluationResult result, ToDoubleFunction<List<ItemResult>> measure) {
        return evaluator.benchmark()
                .tasks()
                .stream()
                .mapToDouble(task -> measure.applyAsDouble(result.items(task.name())))
                .filter(Double::isFinite)
                .average()
                .orElse(Double.NaN);
    }

    private Scores scores(EvaluationResult result) {
        var tasks = new TreeMap<String, SortedMap<String, Double>>();
        for (Task task : evaluator.benchmark().tasks()) {
            var metrics = new TreeMap<String, Double>();
            if (!result.items(task.name()).isEmpty()) {
                for (String metric : task.resultNames()) {
                    putFinite(metrics, metric, result.score(task.name(), metric));
                    result.standardError(task.name(), metric)
                            .ifPresent(error -> putFinite(metrics, metric + "_stderr", error));
                }
                tasks.put(task.name(), metrics);
            }
        }
        return new Scores(tasks);
    }

    private static void putFinite(Map<String, Double> metrics, String name, double value) {
        if (Double.isFinite(value)) {
            metrics.put(name, value);
        }
    }

    /** Every metric and every log-likelihood of every item, one array for each. */
    private static List<ItemScores> itemScores(EvaluationResult result) {
        var columns = new LinkedHashMap<List<String>, List<ItemResult>>();
        for (ItemResult item : result.items()) {
            item.metrics()
                    .keySet()
                    .forEach(metric -> columns
                            .computeIfAbsent(List.of(item.task(), metric), _ -> new ArrayList<>())
                            .add(item));
            for (int i = 0; i < item.logLikelihoods().size(); i++) {
                columns.computeIfAbsent(List.of(item.task(), "loglikelihoods." + i),
                        _ -> new ArrayList<>()).add(item);
            }
        }
        var scores = new ArrayList<ItemScores>();
        columns.forEach((column, items) -> scores.add(new ItemScores(column.get(0), column.get(1),
                items.stream().mapToInt(ItemResult::docId).toArray(),
                items.stream().mapToDouble(item -> value(item, column.get(1))).toArray())));
        return scores;
    }

    private static double value(ItemResult item, String column) {
        Double metric = item.metrics().get(column);
        return metric != null
                ? metric
                : item.logLikelihoods()
                        .get(Integer.parseInt(column.substring("loglikelihoods.".length())));
    }

    @Override
    public void close() {
        engine.close();
    }
}
