package io.mendel.campaign;

import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.ItemSet;
import io.mendel.benchmark.subset.Disagreement;
import io.mendel.benchmark.subset.KMedoids;
import io.mendel.benchmark.subset.Subset;
import io.mendel.results.ItemScores;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.space.InvalidInputException;
import io.mendel.space.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;

/**
 * Chooses the search items by what the parents and the textbook recipes say on all items that the search may score.
 *
 * <p>
 * They are evaluated on these once. The chosen items have weights, with which a score stays an estimate of the score on
 * all of them.
 */
final class SubsetChoice {

    /** A metric that tells more than right or wrong, where a task has it. */
    private static final String SMOOTH = "choice_probability";

    private final CampaignSpec.Evaluation wanted;
    private final List<ObjectiveDefinition> objectives;
    private final Benchmark benchmark;

    SubsetChoice(CampaignSpec.Evaluation wanted, List<ObjectiveDefinition> objectives,
            Benchmark benchmark) {
        this.wanted = wanted;
        this.objectives = objectives;
        this.benchmark = benchmark;
    }

    /** Whether a selection needs to know what models say. */
    static boolean reads(String selection) {
        return selection.equals("k_medoids") || selection.equals("disagreement");
    }

    /**
     * Chooses.
     *
     * @param pool all items that the search may score, in random order
     * @param recipes the models to ask
     * @param evaluations evaluates them on {@link ItemRole#POOL}
     * @param listener is told of progress
     */
    ItemSet choose(List<ItemSet.Part> pool, List<Recipe> recipes, Evaluations evaluations,
            CampaignListener listener) throws StoppedException, InvalidInputException {
        listener.phase("choosing items", recipes.size());
        evaluations.of(recipes, ItemRole.POOL, listener::evaluated);
        var answers = new ArrayList<List<ItemScores>>();
        for (Recipe recipe : recipes) {
            List<ItemScores> scores = evaluations.items(recipe, ItemRole.POOL);
            if (!scores.isEmpty()) {
                answers.add(scores);
            }
        }
        if (answers.isEmpty()) {
            throw new CampaignException("evaluation.selection",
                    "none of the parents could be scored, so nothing tells items apart.",
                    "Choose 'stratified', or look into events.log for what failed.");
        }
        var parts = new ArrayList<ItemSet.Part>();
        for (ItemSet.Part part : pool) {
            double[][][] responses = responses(part, answers);
            Subset subset = wanted.selection().equals("k_medoids")
                    ? KMedoids.of(points(responses), wanted.items())
                    : Disagreement.of(responses, wanted.items());
            parts.add(new ItemSet.Part(part.task(), part.split(),
                    Arrays.stream(subset.chosen()).mapToObj(part.docIds()::get).toList(),
                    scaled(subset.weights())));
        }
        return benchmark.itemSet(parts);
    }

    /** Weights with a mean of 1. */
    private static List<Double> scaled(double[] weights) {
        double mean = Arrays.stream(weights).average().orElse(1);
        return Arrays.stream(weights).map(weight -> weight / mean).boxed().toList();
    }

    /** For each item and metric what each model scored, in units of the metric's standard deviation. */
    private double[][][] responses(ItemSet.Part part, List<List<ItemScores>> answers) {
        List<String> metrics = metrics(part.task(), answers);
        int items = part.docIds().size();
        var responses = new double[items][metrics.size()][answers.size()];
        for (int k = 0; k < metrics.size(); k++) {
            for (int model = 0; model < answers.size(); model++) {
                double[] scores = Objects
                        .requireNonNull(
                                ItemScores.find(answers.get(model), part.task(), metrics.get(k)))
                        .scores();
                for (int i = 0; i < items; i++) {
                    responses[i][k][model] = Double.isFinite(scores[i]) ? scores[i] : 0;
                }
            }
            scale(responses, k);
        }
        return responses;
    }

    /** The metrics that the search looks at and the smooth one, as far as all models have them for all items. */
    private List<String> metrics(String task, List<List<ItemScores>> answers) {
        var wantedMetrics = new TreeSet<String>(List.of(SMOOTH));
        objectives.stream()
                .filter(objective -> task.equals(objective.task()))
                .forEach(objective -> wantedMetrics.add(objective.metric()));
        return wantedMetrics.stream()
                .filter(metric -> answers.stream()
                        .allMatch(scores -> ItemScores.find(scores, task, metric) != null))
                .toList();
    }

    private static void scale(double[][][] responses, int metric) {
        double[] all = Arrays.stream(responses)
                .flatMapToDouble(item -> Arrays.stream(item[metric]))
                .toArray();
        double mean = Arrays.stream(all).average().orElse(0);
        double deviation = Math.sqrt(
                Arrays.stream(all).map(x -> (x - mean) * (x - mean)).average().orElse(0));
        for (double[][] item : responses) {
            for (int model = 0; model < item[metric].length; model++) {
                item[metric][model] = deviation > 0 ? item[metric][model] / deviation : 0;
            }
        }
    }

    private static double[][] points(double[][][] responses) {
        return Arrays.stream(responses)
                .map(item -> Arrays.stream(item).flatMapToDouble(Arrays::stream).toArray())
                .toArray(double[][]::new);
    }
}
