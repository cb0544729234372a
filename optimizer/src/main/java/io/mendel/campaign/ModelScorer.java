package io.mendel.campaign;

import io.mendel.benchmark.EvaluationResult;
import io.mendel.benchmark.Evaluator;
import io.mendel.benchmark.ItemResult;
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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Plans the merge of a recipe, runs it block by block on the benchmark's items and keeps what every item said. */
final class ModelScorer implements RecipeScorer {

    private final ParentModels parents;
    private final Merger merger;
    private final InferenceEngine engine;
    private final Evaluator evaluator;
    private final Racing items;
    private final List<ObjectiveDefinition> objectives;

    /**
     * A scorer; it closes the engine, everything else is shared.
     *
     * @param engine runs the candidates of this scorer only
     * @param evaluator scores on that engine
     * @param items the items of each role, in the parts in which they are scored
     */
    ModelScorer(ParentModels parents, Merger merger, InferenceEngine engine, Evaluator evaluator,
            Racing items, List<ObjectiveDefinition> objectives) {
        this.parents = parents;
        this.merger = merger;
        this.engine = engine;
        this.evaluator = evaluator;
        this.items = items;
        this.objectives = List.copyOf(objectives);
    }

    @Override
    public Outcome score(Recipe recipe, ItemRole role, Race race) {
        try {
            MergePlan plan = MergePlanner.plan(recipe, parents.checkpoints());
            DecoderConfig config = parents.config(plan);
            long start = System.nanoTime();
            var candidate = new MergedCandidate(config, merger.open(plan));
            ItemParts parts = items.of(role);
            var results = new ArrayList<ItemResult>();
            for (int done = 1; done <= parts.count(); done++) {
                EvaluationResult part = evaluator.evaluate(candidate, parts.sets().get(done - 1));
                if (!part.finite()) {
                    return new Outcome.Failed("the model produced NaN or infinite log-likelihoods");
                }
                results.addAll(part.items());
                if (done < parts.count() && race.isOn() && race.verdict(done,
                        properties(plan, config), itemScores(results)) != null) {
                    return raced(EvaluationResult.of(evaluator.benchmark(), results, parts.sets()),
                            plan, config,
                            parts.items(done), parts.items(parts.count()));
                }
            }
            return outcome(EvaluationResult.of(evaluator.benchmark(), results, parts.sets()), plan,
                    config,
                    (System.nanoTime() - start) / 1e9);
        } catch (MergeException | TaskException | InferenceException e) {
            return new Outcome.Failed(String.valueOf(e.getMessage()));
        }
    }

    private Outcome raced(EvaluationResult result, MergePlan plan, DecoderConfig config,
            int scored, int of) {
        return switch (outcome(result, plan, config, 0)) {
            case Outcome.Finished(var values, var scores, var single) ->
                new Outcome.Raced(values, scores, single, scored, of);
            case Outcome other -> other;
        };
    }

    /** The objectives that do not depend on items. */
    private SortedMap<String, Double> properties(MergePlan plan, DecoderConfig config) {
        var values = new TreeMap<String, Double>();
        for (ObjectiveDefinition objective : objectives) {
            if (Racing.isProperty(objective)) {
                values.put(objective.name(), property(objective.metric(), plan, config));
            }
        }
        return values;
    }

    private static double property(String measure, MergePlan plan, DecoderConfig config) {
        return switch (measure) {
            case "layers" -> config.layers();
            case "parameters" -> plan.elements();
            case "flops" -> TokenCost.flops(plan, config);
            default -> throw new IllegalStateException("Unknown measure " + measure);
        };
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
                        case "entropy" -> perTask(result, Unlabelled::entropy);
                        case "mutual_information" ->
                            perTask(result, Unlabelled::mutualInformation);
                        case "latency" -> seconds;
                        default -> property(objective.metric(), plan, config);
                    };
            if (!Double.isFinite(value)) {
                return new Outcome.Failed("the objective " + objective.name() + " is " + value);
            }
            values.put(objective.name(), value);
        }
        return new Outcome.Finished(values, scores, itemScores(result.items()));
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
    private static List<ItemScores> itemScores(List<ItemResult> results) {
        var columns = new LinkedHashMap<List<String>, List<ItemResult>>();
        for (ItemResult item : results) {
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
