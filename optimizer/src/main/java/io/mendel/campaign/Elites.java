package io.mendel.campaign;

import io.mendel.results.Outcome;
import io.mendel.results.pareto.ArchiveMember;
import io.mendel.results.pareto.ParetoArchive;
import io.mendel.results.store.StoreException;
import io.mendel.space.Recipe;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The candidates that later ones race against: the best of what was told so far, scored on all current items.
 *
 * <p>
 * Where the strategy looks at the main objective, that is one candidate; where it compares objectives one by one, the
 * non-dominated ones. Candidates that miss a constraint are no measure for others. Parents and textbook recipes are the
 * first elites.
 */
final class Elites {

    /** More rivals would make each single decision too cautious. */
    private static final int MOST = 8;

    private final Goals goals;
    private final Judge judge;
    private final Evaluations evaluations;
    private final Racing racing;
    private final boolean single;
    private List<Elite> elites = List.of();

    private record Elite(Recipe recipe, Outcome.Finished outcome) {}

    /**
     * No elites yet.
     *
     * @param single whether only the main objective counts
     */
    Elites(Goals goals, Judge judge, Evaluations evaluations, Racing racing, boolean single) {
        this.goals = goals;
        this.judge = judge;
        this.evaluations = evaluations;
        this.racing = racing;
        this.single = single;
    }

    /**
     * Takes notice of outcomes on the current items.
     *
     * @param items the current items
     */
    void told(List<Recipe> recipes, List<Outcome> outcomes, ItemRole items)
            throws StoppedException, StoreException {
        if (!racing.isPossible()) {
            return;
        }
        var all = new ArrayList<>(elites);
        for (int i = 0; i < recipes.size(); i++) {
            Recipe recipe = recipes.get(i);
            if (outcomes.get(i) instanceof Outcome.Finished finished
                    && judge.violation(finished, items) == 0
                    && all.stream().noneMatch(e -> e.recipe.digest().equals(recipe.digest()))) {
                all.add(new Elite(recipe, finished));
            }
        }
        elites = best(all);
    }

    private List<Elite> best(List<Elite> all) {
        ParetoArchive archive = ParetoArchive.empty(goals.directions());
        for (int i = 0; i < all.size(); i++) {
            archive = archive.with(new ArchiveMember(i, goals.values(all.get(i).outcome)));
        }
        var candidates = single
                ? all
                : archive.members().stream().map(member -> all.get((int) member.id())).toList();
        return candidates.stream()
                .sorted(Comparator.comparingDouble((Elite elite) -> -goals
                        .main(elite.outcome.objectives())))
                .limit(single ? 1 : MOST)
                .toList();
    }

    /**
     * Moves on to other items.
     *
     * @param items the items of the next generation
     * @param rescored recipes that were scored on these items already; if there are none, the elites are
     * @param outcomes their outcomes
     */
    void moved(ItemRole items, List<Recipe> rescored, List<Outcome> outcomes)
            throws StoppedException, StoreException {
        if (!racing.isPossible()) {
            return;
        }
        List<Recipe> recipes = rescored.isEmpty()
                ? elites.stream().map(Elite::recipe).toList()
                : rescored;
        List<Outcome> known = rescored.isEmpty()
                ? evaluations.of(recipes, items, _ -> {
                })
                : outcomes;
        elites = List.of();
        told(recipes, known, items);
    }

    /** The race of the next generation. */
    Race race(ItemRole items) throws StoreException {
        if (!racing.isPossible()) {
            return Race.NONE;
        }
        var rivals = new ArrayList<Race.Rival>();
        for (Elite elite : elites) {
            rivals.add(new Race.Rival(goals.maximized(elite.outcome), Race.values(goals,
                    evaluations.items(elite.recipe, items, goals.objectives()))));
        }
        return Race.against(rivals, goals, single, racing.of(items));
    }
}
