package io.mendel.campaign;

import io.mendel.results.Candidate;
import io.mendel.results.GenerationSummary;
import io.mendel.results.Outcome;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.search.SearchStrategy;
import io.mendel.space.Recipe;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Breeds generation after generation until the budget is spent.
 *
 * <p>
 * A generation is a pure function of what was told before, so resuming is replaying: the strategy asks for the same
 * candidates again and finds their outcomes in the store.
 */
final class SearchLoop {

    private final SearchStage stage;
    private final Goals goals;
    private final Evaluations evaluations;
    private final CampaignSpec.Budget budget;
    private final List<Double> reference;
    private final CampaignListener listener;
    private final Judge judge;
    private final Rotation rotation;
    private final Elites elites;

    /**
     * A loop over the space of a stage.
     *
     * @param judge turns outcomes into what the strategy is told
     * @param rotation which items a generation is scored on
     * @param reference the worst corner of the objectives as measured, for hypervolumes
     * @param elites whom candidates race against
     */
    SearchLoop(SearchStage stage, Goals goals, Evaluations evaluations,
            CampaignSpec.Budget budget,
            List<Double> reference, Judge judge, Rotation rotation, Elites elites,
            CampaignListener listener) {
        this.stage = stage;
        this.goals = goals;
        this.evaluations = evaluations;
        this.budget = budget;
        this.reference = reference;
        this.listener = listener;
        this.judge = judge;
        this.rotation = rotation;
        this.elites = elites;
    }

    /** A candidate with its recipe and its outcome on the search items. */
    record Bred(Candidate candidate, Recipe recipe, Outcome outcome) {}

    /**
     * Runs the strategy from its first generation to the end of the budget.
     *
     * @param earlier candidates of the stages before, whose numbering goes on
     * @param strategy a fresh strategy
     * @param origins recipe digests of the seeds and what they are, such as {@code parent:math-en}
     * @param store where candidates and generations are recorded
     * @return the candidates of this stage in the order of their ids
     */
    List<Bred> run(List<Bred> earlier, SearchStrategy strategy, Map<String, String> origins,
            Recording store) throws StoppedException, StoreException {
        var tally = new SearchTally(goals, reference, listener);
        tally.takeUp(earlier);
        int offset = earlier.isEmpty() ? 0 : earlier.getLast().candidate().generation() + 1;
        // What is handed in names the models of the first stage.
        boolean welcoming = earlier.isEmpty();
        int guests = 0;
        int rescored = 0;
        while (within(strategy.generation(), tally.size() - guests + rescored, tally.improved())
                && !strategy.exhausted()) {
            int generation = strategy.generation();
            ItemRole items = rotation.items();
            List<double[]> asked = strategy.ask();
            int room = budget.evaluations() == 0
                    ? asked.size()
                    : budget.evaluations() - (tally.size() - guests) - rescored;
            var chosen = asked.subList(0, Math.min(room, asked.size()));
            int bred = chosen.size();
            var recipes = new ArrayList<>(chosen.stream().map(stage.space()::decode).toList());
            List<Candidate> candidates = name(chosen, recipes, offset + generation, tally.total(),
                    origins, generation > 0 ? "offspring" : "start");
            if (welcoming) {
                guests += welcome(store.guests(generation, false), generation, tally.total(),
                        candidates, recipes);
            }
            Race race = elites.race(items);
            // Seeds are known in full, and whoever hands a recipe in wants to know its score.
            var racing = new HashSet<String>();
            candidates.subList(0, bred)
                    .forEach(candidate -> racing.add(candidate.recipeDigest()));
            racing.removeAll(origins.keySet());
            List<Outcome> outcomes = evaluate(offset + generation, generation, candidates, recipes,
                    items, recipe -> racing.contains(recipe) ? race : Race.NONE, tally,
                    store);
            if (bred < asked.size()) {
                break;
            }
            strategy.tell(judge.scored(chosen, recipes.subList(0, bred),
                    outcomes.subList(0, bred), items, strategy.readsItems(), race));
            elites.told(recipes.subList(0, bred), outcomes.subList(0, bred), items);
            if (rotation.scored(bred, strategy)) {
                rescored += rescore(strategy);
            }
        }
        if (welcoming) {
            int next = tally.size() == 0 ? 0 : tally.all().getLast().candidate().generation() + 1;
            var candidates = new ArrayList<Candidate>();
            var recipes = new ArrayList<Recipe>();
            if (welcome(store.guests(next, true), next, tally.total(), candidates, recipes) > 0) {
                evaluate(next, next, candidates, recipes, rotation.items(), _ -> Race.NONE, tally,
                        store);
            }
        }
        return tally.all();
    }

    private List<Outcome> evaluate(int generation, int ofStage, List<Candidate> candidates,
            List<Recipe> recipes, ItemRole items, Function<String, Race> races, SearchTally tally,
            Recording store) throws StoppedException, StoreException {
        store.candidates(candidates);
        List<Outcome> outcomes = evaluations.of(recipes, items, races, listener::evaluated);
        for (int i = 0; i < candidates.size(); i++) {
            tally.add(new Bred(candidates.get(i), recipes.get(i),
                    Evaluations.withoutItems(outcomes.get(i))), ofStage);
        }
        GenerationSummary summary = tally.summary(generation);
        store.generation(summary);
        listener.generation(summary);
        return outcomes;
    }

    /** Appends those guests to a generation that are not in it already; they come on top of the budget. */
    private static int welcome(List<Guest> guests, int generation, int before,
            List<Candidate> candidates, List<Recipe> recipes) {
        var known = new HashSet<String>();
        candidates.forEach(candidate -> known.add(candidate.recipeDigest()));
        int welcomed = 0;
        for (Guest guest : guests) {
            if (known.add(guest.recipe().digest())) {
                welcomed++;
                candidates.add(new Candidate(before + candidates.size() + 1L, generation,
                        candidates.size(), guest.origin(), guest.genes(),
                        guest.recipe().canonicalJson(), guest.recipe().digest()));
                recipes.add(guest.recipe());
            }
        }
        return welcomed;
    }

    /** Where a search leaves its traces; the baseline search by chance leaves none. */
    interface Recording {
        void candidates(List<Candidate> candidates) throws StoreException;

        void generation(GenerationSummary summary) throws StoreException;

        /**
         * The recipes that join a generation without being bred.
         *
         * @param last whether no other generation follows, so that nothing may be left waiting
         */
        List<Guest> guests(int generation, boolean last) throws StoreException;

        /** Everything into the campaign's store. */
        static Recording into(CampaignStore store, SearchStage stage) {
            return new Recording() {
                @Override
                public void candidates(List<Candidate> candidates) throws StoreException {
                    store.recordCandidates(candidates);
                }

                @Override
                public void generation(GenerationSummary summary) throws StoreException {
                    store.record(summary);
                }

                @Override
                public List<Guest> guests(int generation, boolean last) throws StoreException {
                    var arrived = last ? store.admitRest(generation) : store.admit(generation);
                    return arrived.stream().map(arrival -> Guest.of(arrival, stage)).toList();
                }
            };
        }

        /** Nothing. */
        static Recording none() {
            return new Recording() {
                @Override
                public void candidates(List<Candidate> candidates) {}

                @Override
                public void generation(GenerationSummary summary) {}

                @Override
                public List<Guest> guests(int generation, boolean last) {
                    return List.of();
                }
            };
        }
    }

    private boolean within(int generation, int evaluated, int improved) {
        return (budget.evaluations() == 0 || evaluated < budget.evaluations())
                && (budget.generations() == 0 || generation < budget.generations())
                && (budget.stagnation() == 0 || generation - improved <= budget.stagnation());
    }

    private List<Candidate> name(List<double[]> vectors, List<Recipe> recipes, int generation,
            int before, Map<String, String> origins, String otherwise) {
        var candidates = new ArrayList<Candidate>();
        for (int i = 0; i < vectors.size(); i++) {
            Recipe recipe = recipes.get(i);
            String digest = recipe.digest();
            candidates.add(new Candidate(before + i + 1L, generation, i,
                    origins.getOrDefault(digest, otherwise), stage.genes(vectors.get(i)),
                    recipe.canonicalJson(), digest));
        }
        return candidates;
    }

    /** Scores what the strategy remembers on the items of the next generation; returns how many that were. */
    private int rescore(SearchStrategy strategy) throws StoppedException, StoreException {
        List<double[]> remembered = strategy.remembered();
        var recipes = remembered.stream().map(stage.space()::decode).toList();
        List<Outcome> outcomes = evaluations.of(recipes, rotation.items(), listener::evaluated);
        if (!remembered.isEmpty()) {
            strategy.rescore(judge.scored(remembered, recipes, outcomes, rotation.items(),
                    strategy.readsItems(), Race.NONE));
        }
        elites.moved(rotation.items(), recipes, outcomes);
        return remembered.size();
    }
}
