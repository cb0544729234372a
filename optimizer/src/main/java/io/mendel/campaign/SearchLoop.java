package io.mendel.campaign;

import io.mendel.results.Candidate;
import io.mendel.results.GenerationSummary;
import io.mendel.results.Outcome;
import io.mendel.results.pareto.ArchiveMember;
import io.mendel.results.pareto.ParetoArchive;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.search.SearchStrategy;
import io.mendel.space.Recipe;
import java.util.ArrayList;
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

    private final SearchStage stage;
    private final Goals goals;
    private final Evaluations evaluations;
    private final CampaignSpec.Budget budget;
    private final List<Double> reference;
    private final CampaignListener listener;
    private final Judge judge;
    private final Rotation rotation;

    /**
     * A loop over the space of a stage.
     *
     * @param judge turns outcomes into what the strategy is told
     * @param rotation which items a generation is scored on
     * @param reference the worst corner of the objectives as measured, for hypervolumes
     */
    SearchLoop(SearchStage stage, Goals goals, Evaluations evaluations,
            CampaignSpec.Budget budget,
            List<Double> reference, Judge judge, Rotation rotation, CampaignListener listener) {
        this.stage = stage;
        this.goals = goals;
        this.evaluations = evaluations;
        this.budget = budget;
        this.reference = reference;
        this.listener = listener;
        this.judge = judge;
        this.rotation = rotation;
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
        var all = new ArrayList<Bred>();
        ParetoArchive archive = ParetoArchive.empty(goals.directions());
        double best = Double.NaN;
        for (Bred bred : earlier) {
            if (bred.outcome() instanceof Outcome.Finished finished) {
                archive = archive
                        .with(new ArchiveMember(bred.candidate().id(), goals.values(finished)));
                double main = goals.main(finished.objectives());
                best = main <= best ? best : main;
            }
        }
        int offset = earlier.isEmpty() ? 0 : earlier.getLast().candidate().generation() + 1;
        int improved = 0;
        int rescored = 0;
        while (within(strategy.generation(), all.size() + rescored, improved)
                && !strategy.exhausted()) {
            int generation = strategy.generation();
            ItemRole items = rotation.items();
            List<double[]> asked = strategy.ask();
            int room = budget.evaluations() == 0
                    ? asked.size()
                    : budget.evaluations() - all.size() - rescored;
            var chosen = asked.subList(0, Math.min(room, asked.size()));
            List<Candidate> candidates = name(chosen, offset + generation,
                    earlier.size() + all.size(), origins, generation > 0 ? "offspring" : "start");
            store.candidates(candidates);
            List<Recipe> recipes = chosen.stream().map(stage.space()::decode).toList();
            List<Outcome> outcomes = evaluations.of(recipes, items, listener::evaluated);
            for (int i = 0; i < candidates.size(); i++) {
                Candidate candidate = candidates.get(i);
                all.add(new Bred(candidate, recipes.get(i), outcomes.get(i)));
                if (outcomes.get(i) instanceof Outcome.Finished finished) {
                    archive = archive
                            .with(new ArchiveMember(candidate.id(), goals.values(finished)));
                    double main = goals.main(finished.objectives());
                    if (!(main <= best)) {
                        best = main;
                        improved = generation;
                    }
                }
                listener.candidate(candidate, outcomes.get(i), best);
            }
            var summary = new GenerationSummary(offset + generation,
                    earlier.size() + all.size(),
                    archive.hypervolume(reference), best);
            store.generation(summary);
            listener.generation(summary);
            if (chosen.size() < asked.size()) {
                break;
            }
            strategy.tell(
                    judge.scored(chosen, recipes, outcomes, items, strategy.readsItems()));
            if (rotation.scored(chosen.size(), strategy)) {
                rescored += rescore(strategy);
            }
        }
        return all;
    }

    /** Where a search leaves its traces; the baseline search by chance leaves none. */
    interface Recording {
        void candidates(List<Candidate> candidates) throws StoreException;

        void generation(GenerationSummary summary) throws StoreException;

        /** Everything into the campaign's store. */
        static Recording into(CampaignStore store) {
            return new Recording() {
                @Override
                public void candidates(List<Candidate> candidates) throws StoreException {
                    store.recordCandidates(candidates);
                }

                @Override
                public void generation(GenerationSummary summary) throws StoreException {
                    store.record(summary);
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
            };
        }
    }

    private boolean within(int generation, int evaluated, int improved) {
        return (budget.evaluations() == 0 || evaluated < budget.evaluations())
                && (budget.generations() == 0 || generation < budget.generations())
                && (budget.stagnation() == 0 || generation - improved <= budget.stagnation());
    }

    private List<Candidate> name(List<double[]> vectors, int generation, int before,
            Map<String, String> origins, String otherwise) {
        var candidates = new ArrayList<Candidate>();
        for (int i = 0; i < vectors.size(); i++) {
            Recipe recipe = stage.space().decode(vectors.get(i));
            String origin = origins.getOrDefault(recipe.digest(), otherwise);
            candidates.add(new Candidate(before + i + 1L, generation, i, origin,
                    stage.genes(vectors.get(i)), recipe.canonicalJson(),
                    recipe.digest()));
        }
        return candidates;
    }

    /** Scores what the strategy remembers on the items of the next generation; returns how many that were. */
    private int rescore(SearchStrategy strategy) throws StoppedException, StoreException {
        List<double[]> remembered = strategy.remembered();
        if (!remembered.isEmpty()) {
            var recipes = remembered.stream().map(stage.space()::decode).toList();
            List<Outcome> outcomes = evaluations.of(recipes, rotation.items(),
                    listener::evaluated);
            strategy.rescore(judge.scored(remembered, recipes, outcomes, rotation.items(),
                    strategy.readsItems()));
        }
        return remembered.size();
    }
}
