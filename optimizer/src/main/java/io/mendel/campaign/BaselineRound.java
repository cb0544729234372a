package io.mendel.campaign;

import io.mendel.results.Baseline;
import io.mendel.results.Outcome;
import io.mendel.results.Scores;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.space.Recipe;
import io.mendel.space.TextbookRecipes;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Scores what the winner has to beat: the parents and the recipes everyone tries first. */
final class BaselineRound {

    private final List<TextbookRecipes.Named> recipes;
    private final Goals goals;
    private final Evaluations evaluations;
    private final CampaignListener listener;

    BaselineRound(List<TextbookRecipes.Named> recipes, Goals goals, Evaluations evaluations,
            CampaignListener listener) {
        this.recipes = recipes;
        this.goals = goals;
        this.evaluations = evaluations;
        this.listener = listener;
    }

    /** The recipes. */
    List<Recipe> recipes() {
        return recipes.stream().map(TextbookRecipes.Named::recipe).toList();
    }

    /** Scores all of them on the search items and records them. */
    List<Outcome> search(CampaignStore store) throws StoppedException, StoreException {
        listener.phase("baselines", recipes.size());
        var outcomes = evaluations.of(recipes(),
                ItemRole.SEARCH,
                listener::evaluated);
        for (int i = 0; i < recipes.size(); i++) {
            store.record(baseline(recipes.get(i).name(), outcomes.get(i), Scores.none()));
        }
        return outcomes;
    }

    /** Scores all of them on the held-out items and records both. */
    void heldOut(CampaignStore store, List<Outcome> onSearchItems)
            throws StoppedException, StoreException {
        listener.phase("held-out test", recipes.size());
        var outcomes = evaluations.of(recipes(),
                ItemRole.TEST,
                listener::evaluated);
        for (int i = 0; i < recipes.size(); i++) {
            Scores heldOut = outcomes.get(i) instanceof Outcome.Finished finished
                    ? finished.scores()
                    : Scores.none();
            store.record(baseline(recipes.get(i).name(), onSearchItems.get(i), heldOut));
        }
    }

    private static Baseline baseline(String name, Outcome onSearchItems, Scores heldOut) {
        Baseline.Kind kind = name.startsWith("parent:") || name.equals("base")
                ? Baseline.Kind.PARENT
                : name.equals("uniform") ? Baseline.Kind.UNIFORM : Baseline.Kind.RECIPE;
        return onSearchItems instanceof Outcome.Finished finished
                ? new Baseline(name, kind, finished.objectives(), finished.scores(), heldOut)
                : new Baseline(name, kind, new TreeMap<>(), Scores.none(), heldOut);
    }

    /**
     * The worst corner of the objectives, from which hypervolumes are measured: a tenth of the baselines' range below
     * the worst baseline of each objective.
     */
    List<Double> reference(List<Outcome> onSearchItems) {
        var finished = onSearchItems.stream()
                .filter(Outcome.Finished.class::isInstance)
                .map(Outcome.Finished.class::cast)
                .map(goals::maximized)
                .toList();
        var corner = new ArrayList<Double>();
        for (int i = 0; i < goals.objectives().size(); i++) {
            int objective = i;
            double worst = finished.stream().mapToDouble(v -> v[objective]).min().orElse(0);
            double best = finished.stream().mapToDouble(v -> v[objective]).max().orElse(1);
            double margin = best > worst ? 0.1 * (best - worst) : 1;
            corner.add(goals.directions().get(i).maximized(worst - margin));
        }
        return corner;
    }
}
