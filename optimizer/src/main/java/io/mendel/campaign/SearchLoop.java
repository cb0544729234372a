package io.mendel.campaign;

import io.mendel.results.Candidate;
import io.mendel.results.GenerationSummary;
import io.mendel.results.Outcome;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.search.Scored;
import io.mendel.search.SearchStrategy;
import io.mendel.space.ParameterSpace;
import io.mendel.space.Recipe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Breeds generation after generation until the budget is spent.
 *
 * <p>
 * A generation is a pure function of what was told before, so resuming is replaying: the strategy asks for the same
 * candidates again and finds their outcomes in the store.
 */
final class SearchLoop {

    private final ParameterSpace space;
    private final Goals goals;
    private final Evaluations evaluations;
    private final CampaignSpec.Budget budget;
    private final List<Double> reference;
    private final CampaignListener listener;

    /**
     * A loop over a space.
     *
     * @param reference the worst corner of the objectives as measured, for hypervolumes
     */
    SearchLoop(ParameterSpace space, Goals goals, Evaluations evaluations,
            CampaignSpec.Budget budget,
            List<Double> reference, CampaignListener listener) {
        this.space = space;
        this.goals = goals;
        this.evaluations = evaluations;
        this.budget = budget;
        this.reference = reference;
        this.listener = listener;
    }

    /** A candidate with its recipe and its outcome on the search items. */
    record Bred(Candidate candidate, Recipe recipe, Outcome outcome) {}

    /**
     * Runs the strategy from its first generation to the end of the budget.
     *
     * @param strategy a fresh strategy
     * @param origins recipe digests of the seeds and what they are, such as {@code parent:math-en}
     * @param store where candidates and generations are recorded
     * @return all candidates in the order of their ids
     */
    List<Bred> run(SearchStrategy strategy, Map<String, String> origins, Recording store)
            throws StoppedException, StoreException {
        var tally = new SearchTally(goals, reference, listener);
        int guests = 0;
        while (within(strategy.generation(), tally.size() - guests, tally.improved())
                && !strategy.exhausted()) {
            int generation = strategy.generation();
            List<double[]> asked = strategy.ask();
            int room = budget.evaluations() == 0
                    ? asked.size()
                    : budget.evaluations() - (tally.size() - guests);
            var chosen = asked.subList(0, Math.min(room, asked.size()));
            var candidates = name(chosen, generation, tally.size(), origins);
            var recipes = new ArrayList<>(chosen.stream().map(space::decode).toList());
            List<Guest> arrived = store.guests(generation, false);
            guests += welcome(arrived, generation, tally.size(), candidates, recipes);
            List<Outcome> outcomes = evaluate(generation, candidates, recipes, tally, store);
            if (chosen.size() < asked.size()) {
                break;
            }
            strategy.tell(scored(chosen, outcomes.subList(0, chosen.size())));
        }
        int next = tally.size() == 0 ? 0 : tally.all().getLast().candidate().generation() + 1;
        List<Guest> late = store.guests(next, true);
        if (!late.isEmpty()) {
            var candidates = new ArrayList<Candidate>();
            var recipes = new ArrayList<Recipe>();
            welcome(late, next, tally.size(), candidates, recipes);
            evaluate(next, candidates, recipes, tally, store);
        }
        return tally.all();
    }

    private List<Outcome> evaluate(int generation, List<Candidate> candidates,
            List<Recipe> recipes, SearchTally tally, Recording store)
            throws StoppedException, StoreException {
        store.candidates(candidates);
        List<Outcome> outcomes = evaluations.of(recipes, ItemRole.SEARCH, listener::evaluated);
        for (int i = 0; i < candidates.size(); i++) {
            tally.add(new Bred(candidates.get(i), recipes.get(i), outcomes.get(i)));
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
            if (!known.add(guest.recipe().digest())) {
                continue;
            }
            welcomed++;
            candidates.add(new Candidate(before + candidates.size() + 1L, generation,
                    candidates.size(), guest.origin(), guest.genes(),
                    guest.recipe().canonicalJson(), guest.recipe().digest()));
            recipes.add(guest.recipe());
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
        static Recording into(CampaignStore store, ParameterSpace space) {
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
                    return arrived.stream().map(arrival -> Guest.of(arrival, space)).toList();
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

    private List<Candidate> name(List<double[]> vectors, int generation, int before,
            Map<String, String> origins) {
        var candidates = new ArrayList<Candidate>();
        for (int i = 0; i < vectors.size(); i++) {
            Recipe recipe = space.decode(vectors.get(i));
            String origin = origins.getOrDefault(recipe.digest(),
                    generation > 0 ? "offspring" : "start");
            candidates.add(new Candidate(before + i + 1L, generation, i, origin,
                    Arrays.stream(vectors.get(i)).boxed().toList(), recipe.canonicalJson(),
                    recipe.digest()));
        }
        return candidates;
    }

    private List<Scored> scored(List<double[]> vectors, List<Outcome> outcomes) {
        var scored = new ArrayList<Scored>();
        for (int i = 0; i < vectors.size(); i++) {
            scored.add(switch (outcomes.get(i)) {
                case Outcome.Finished finished ->
                    Scored.of(vectors.get(i), goals.maximized(finished));
                case Outcome.Failed failed -> Scored.failed(vectors.get(i));
            });
        }
        return scored;
    }
}
