package io.mendel.campaign;

import io.mendel.runtime.InferenceException;
import io.mendel.space.InvalidInputException;
import io.mendel.space.MergeMethods;
import io.mendel.space.ParameterValue;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Cooks a greedy soup: the best model, averaged with every other that makes it better, the best first.
 *
 * <p>
 * Models are scored alone and sorted by score, descending, equal ones in the order given. Each is then averaged with the
 * ingredients so far and stays if the score rises above the best so far, or, with ties accepted, does not fall below it.
 * 2K − 1 scores. Wortsman et al., Model soups, 2022, https://arxiv.org/abs/2203.05482
 *
 * @param acceptTies whether an equal score suffices, as in sparse model soups
 * @since 0.1
 */
public record GreedySoup(boolean acceptTies) {

    /** Scores the average of some models. */
    @FunctionalInterface
    public interface Score {
        /**
         * The score, larger being better.
         *
         * @param ingredients indices of the models, at least one, in the order they were added
         */
        double of(List<Integer> ingredients) throws InvalidInputException, InferenceException;
    }

    /**
     * A model that was tried.
     *
     * @param model its index
     * @param score of the soup with it
     * @param accepted whether it stayed
     */
    public record Step(int model, double score, boolean accepted) {}

    /**
     * A finished soup.
     *
     * @param single score of each model alone
     * @param order the models, the best first
     * @param trace every model after the first, in the order it was tried
     * @param ingredients the models that stayed
     * @param score of the soup
     */
    public record Soup(List<Double> single, List<Integer> order, List<Step> trace,
            List<Integer> ingredients, double score) {
        public Soup {
            single = List.copyOf(single);
            order = List.copyOf(order);
            trace = List.copyOf(trace);
            ingredients = List.copyOf(ingredients);
        }
    }

    /**
     * Cooks.
     *
     * @param models number of models, at least 1
     * @param score scores an average; NaN counts as worse than anything
     * @throws InvalidInputException if a model cannot be used
     * @throws InferenceException if a model cannot be run
     */
    public Soup cook(int models, Score score) throws InvalidInputException, InferenceException {
        List<Double> single = new ArrayList<>();
        for (int m = 0; m < models; m++) {
            single.add(number(score.of(List.of(m))));
        }
        List<Integer> order = IntStream.range(0, models)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer m) -> -single.get(m)))
                .toList();
        List<Integer> ingredients = new ArrayList<>(List.of(order.getFirst()));
        double best = single.get(order.getFirst());
        List<Step> trace = new ArrayList<>();
        for (int candidate : order.subList(1, models)) {
            List<Integer> tried = new ArrayList<>(ingredients);
            tried.add(candidate);
            double tasted = number(score.of(tried));
            boolean accepted = tasted > best || (acceptTies && tasted == best);
            trace.add(new Step(candidate, tasted, accepted));
            if (accepted) {
                ingredients = tried;
                best = tasted;
            }
        }
        return new Soup(single, order, trace, ingredients, best);
    }

    private static double number(double score) {
        return Double.isNaN(score) ? Double.NEGATIVE_INFINITY : score;
    }

    /** The average of some models as a recipe. */
    public static Recipe recipe(List<String> models) {
        var weight = new TreeMap<String, ParameterValue>();
        weight.put("weight", ParameterValue.of(1));
        var sources = models.stream().map(model -> Source.of(model, weight)).toList();
        return new Recipe(MergeMethods.LINEAR, null, List.of(Slice.of(sources)), new TreeMap<>(),
                null, null, 0);
    }
}
