package io.mendel.campaign;

import io.mendel.results.Candidate;
import io.mendel.results.Outcome;
import io.mendel.results.pareto.ArchiveMember;
import io.mendel.results.pareto.ParetoArchive;
import io.mendel.results.store.StoreException;
import io.mendel.space.ParameterSpace;
import io.mendel.space.Recipe;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Picks the winner of a search: the best of the archive by the main objective are scored again on items the search did
 * not see, together with their consensus.
 *
 * <p>
 * The best of many candidates on the search items owes part of its score to luck (the winner's curse); fresh items take
 * that part away. But they are few, so picking the best of ten there is half a lottery again. The consensus, whose every
 * gene is the mean of the finalists' genes, is no such pick: averaging takes out what fitted the search items by chance.
 * It wins unless a finalist is better by more than one standard error (the rule of L. Breiman et al., Classification and
 * Regression Trees, 1984), as happens where the finalists sit on different peaks.
 */
final class Finalists {

    private final ParameterSpace space;
    private final Goals goals;
    private final Evaluations evaluations;
    private final int count;
    private final CampaignListener listener;

    Finalists(ParameterSpace space, Goals goals, Evaluations evaluations, int count,
            CampaignListener listener) {
        this.space = space;
        this.goals = goals;
        this.evaluations = evaluations;
        this.count = count;
        this.listener = listener;
    }

    /**
     * A finalist that won.
     *
     * @param bred the candidate
     * @param validation its outcome on the validation items; that on the search items if there are none
     */
    record Won(SearchLoop.Bred bred, Outcome.Finished validation) {}

    /**
     * The winner, or null if no candidate has a score.
     *
     * @param candidates all candidates of a search
     * @param validate whether there are validation items
     * @param recording where the consensus is recorded
     */
    @Nullable
    Won pick(List<SearchLoop.Bred> candidates, boolean validate, SearchLoop.Recording recording)
            throws StoppedException, StoreException {
        List<SearchLoop.Bred> best = best(candidates);
        if (best.isEmpty()) {
            return null;
        }
        listener.phase("validation", best.size() + 2);
        ItemRole role = validate ? ItemRole.VALIDATION : ItemRole.SEARCH;
        List<Outcome> outcomes = evaluations.of(best.stream().map(SearchLoop.Bred::recipe).toList(),
                role,
                listener::evaluated);
        Won winner = null;
        for (int i = 0; i < best.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Finished finished
                    && (winner == null || main(finished) > main(winner.validation))) {
                winner = new Won(best.get(i), finished);
            }
        }
        List<SearchLoop.Bred> inside = best.stream()
                .filter(bred -> !bred.candidate().genes().isEmpty())
                .toList();
        if (winner == null || inside.size() < 2) {
            return winner;
        }
        SearchLoop.Bred consensus = consensus(inside, candidates, recording);
        Outcome outcome = evaluations.of(List.of(consensus.recipe()), role, listener::evaluated)
                .getFirst();
        return consensus.outcome() instanceof Outcome.Finished
                && outcome instanceof Outcome.Finished finished
                && main(finished) >= main(winner.validation)
                        - goals.mainStandardError(winner.validation)
                                ? new Won(consensus, finished)
                                : winner;
    }

    private double main(Outcome.Finished outcome) {
        return goals.main(outcome.objectives());
    }

    private SearchLoop.Bred consensus(List<SearchLoop.Bred> best, List<SearchLoop.Bred> candidates,
            SearchLoop.Recording recording) throws StoppedException, StoreException {
        double[] mean = new double[space.genes().size()];
        for (int i = 0; i < mean.length; i++) {
            int gene = i;
            mean[i] = best.stream().mapToDouble(bred -> bred.candidate().genes().get(gene)).sum()
                    / best.size();
        }
        double[] genes = space.snap(mean);
        Recipe recipe = space.decode(genes);
        Candidate last = candidates.getLast().candidate();
        var candidate = new Candidate(last.id() + 1, last.generation() + 1, 0,
                "consensus of the finalists",
                Arrays.stream(genes).boxed().toList(), recipe.canonicalJson(), recipe.digest());
        recording.candidates(List.of(candidate));
        Outcome outcome = evaluations.of(List.of(recipe), ItemRole.SEARCH, listener::evaluated)
                .getFirst();
        return new SearchLoop.Bred(candidate, recipe, outcome);
    }

    /** The archive's members with the best main objective, the best first, lower ids before higher ones. */
    private List<SearchLoop.Bred> best(List<SearchLoop.Bred> candidates) {
        Map<Long, SearchLoop.Bred> byId = new HashMap<>();
        ParetoArchive archive = ParetoArchive.empty(goals.directions());
        for (SearchLoop.Bred bred : candidates) {
            if (bred.outcome() instanceof Outcome.Finished finished) {
                byId.put(bred.candidate().id(), bred);
                archive = archive
                        .with(new ArchiveMember(bred.candidate().id(), goals.values(finished)));
            }
        }
        return archive.members()
                .stream()
                .map(member -> byId.get(member.id()))
                .sorted(Comparator
                        .comparingDouble((SearchLoop.Bred bred) -> -goals
                                .main(((Outcome.Finished) bred.outcome()).objectives()))
                        .thenComparingLong(bred -> bred.candidate().id()))
                .limit(count)
                .toList();
    }
}
