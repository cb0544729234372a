package io.mendel.campaign;

import io.mendel.results.ItemScores;
import io.mendel.results.Outcome;
import io.mendel.results.pareto.Direction;
import io.mendel.results.store.StoreException;
import io.mendel.search.Scored;
import io.mendel.space.ParameterSpace;
import io.mendel.space.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Turns outcomes into what a strategy is told: objectives to maximise, missed constraints, scores of items. */
final class Judge {

    /** The word for whichever parent is best in the objective. */
    static final String BEST = "best";

    private final Goals goals;
    private final List<CampaignSpec.ObjectiveSpec> objectives;
    private final List<String> parents;
    private final Evaluations evaluations;
    private final Map<ItemRole, double[]> limits = new HashMap<>();

    /**
     * A judge.
     *
     * @param objectives the objectives as the campaign file states them, in the order of the goals
     * @param parents the parents' names
     * @param evaluations where the parents' scores come from, which constraints refer to
     */
    Judge(Goals goals, List<CampaignSpec.ObjectiveSpec> objectives, List<String> parents,
            Evaluations evaluations) {
        this.goals = goals;
        this.objectives = objectives;
        this.parents = parents;
        this.evaluations = evaluations;
    }

    /**
     * What a strategy is told of some candidates.
     *
     * @param vectors their vectors
     * @param recipes their recipes
     * @param outcomes what came of them
     * @param items the items they were scored on
     * @param withItems whether to add the scores of single items
     * @param race the race in which some of them were given up
     */
    List<Scored> scored(List<double[]> vectors, List<Recipe> recipes, List<Outcome> outcomes,
            ItemRole items, boolean withItems, Race race)
            throws StoppedException, StoreException {
        var scored = new ArrayList<Scored>();
        for (int i = 0; i < vectors.size(); i++) {
            double[] vector = vectors.get(i);
            switch (outcomes.get(i)) {
                case Outcome.Finished finished -> {
                    var one = Scored.of(vector, goals.maximized(finished))
                            .violating(violation(finished, items));
                    scored.add(withItems
                            ? one.withItems(items(evaluations.items(recipes.get(i), items)))
                            : one);
                }
                case Outcome.Raced raced -> {
                    Race.Verdict verdict = Objects.requireNonNull(race.verdict(raced));
                    var one = Scored.of(vector, verdict.objectives())
                            .violating(violation(verdict.objectives(), items));
                    scored.add(withItems ? one.withItems(verdict.items()) : one);
                }
                case Outcome.Failed _ -> scored.add(Scored.failed(vector));
            }
        }
        return scored;
    }

    /** By how much scores fall below what the parents allow, summed over the objectives; 0 if no constraint is missed. */
    double violation(Outcome.Finished finished, ItemRole items)
            throws StoppedException, StoreException {
        return violation(goals.maximized(finished), items);
    }

    private double violation(double[] values, ItemRole items)
            throws StoppedException, StoreException {
        if (objectives.stream().allMatch(objective -> objective.floor() == null)) {
            return 0;
        }
        double[] limit = limits(items);
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += Math.max(0, limit[i] - values[i]);
        }
        return sum;
    }

    /** The least value allowed in each objective, to be maximised; negative infinity where there is none. */
    private double[] limits(ItemRole items) throws StoppedException, StoreException {
        double[] known = limits.get(items);
        if (known != null) {
            return known;
        }
        List<Outcome> outcomes = evaluations.of(parents.stream().map(Recipe::identity).toList(),
                items, _ -> {
                });
        var limit = new double[objectives.size()];
        Arrays.fill(limit, Double.NEGATIVE_INFINITY);
        for (int i = 0; i < limit.length; i++) {
            CampaignSpec.Floor floor = objectives.get(i).floor();
            for (int p = 0; floor != null && p < parents.size(); p++) {
                boolean meant = floor.parent().equals(BEST)
                        || floor.parent().equals(ParameterSpace.label(parents.get(p)));
                if (meant && outcomes.get(p) instanceof Outcome.Finished finished) {
                    limit[i] = Math.max(limit[i],
                            goals.maximized(finished)[i] - floor.tolerance());
                }
            }
        }
        limits.put(items, limit);
        return limit;
    }

    /** The scores of the items of all objectives, larger being better; those that are not finite are left out as 0. */
    private double[] items(List<ItemScores> scores) {
        return goals.objectives()
                .stream()
                .flatMapToDouble(objective -> scores.stream()
                        .filter(one -> one.task().equals(objective.task())
                                && one.metric().equals(objective.metric()))
                        .flatMapToDouble(one -> Arrays.stream(one.scores()))
                        .map(x -> !Double.isFinite(x)
                                ? 0
                                : objective.direction() == Direction.MAXIMIZE ? x : -x))
                .toArray();
    }
}
