package io.mendel.campaign;

import io.mendel.results.Candidate;
import io.mendel.results.Outcome;
import io.mendel.results.pareto.ArchiveMember;
import io.mendel.results.pareto.ParetoArchive;
import io.mendel.results.store.StoreException;
import io.mendel.space.Recipe;
import java.util.ArrayList;
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
 * Regression Trees, 1984), as happens where the finalists sit on different peaks. Different paths have no consensus.
 */
final class Finalists {

    private final SearchStage stage;
    private final Goals goals;
    private final Evaluations evaluations;
    private final int count;
    private final Judge judge;
    private final CampaignListener listener;

    Finalists(SearchStage stage, Goals goals, Evaluations evaluations, int count,
            Judge judge, CampaignListener listener) {
        this.stage = stage;
        this.goals = goals;
        this.evaluations = evaluations;
        this.count = count;
        this.judge = judge;
        this.listener = listener;
    }

    /**
     * A finalist that won.
     *
     * @param bred the candidate
     * @param validation its outcome on the validation items; that on the search items if there are none
     * @param consensus the consensus that was bred to compete; null if there was none
     */
    record Won(SearchLoop.Bred bred, Outcome.Finished validation,
            SearchLoop.@Nullable Bred consensus) {}

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
        List<SearchLoop.Bred> allowed = allowed(candidates);
        List<SearchLoop.Bred> best = best(allowed.isEmpty() ? candidates : allowed);
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
                    && (winner == null || better(finished, winner.validation, role))) {
                winner = new Won(best.get(i), finished, null);
            }
        }
        List<SearchLoop.Bred> inside = best.stream()
                .filter(bred -> !bred.candidate().genes().isEmpty())
                .toList();
        if (winner == null || inside.size() < 2) {
            return winner;
        }
        SearchLoop.Bred consensus = consensus(inside, candidates, recording);
        if (consensus == null) {
            return winner;
        }
        Outcome outcome = evaluations.of(List.of(consensus.recipe()), role, listener::evaluated)
                .getFirst();
        return consensus.outcome() instanceof Outcome.Finished
                && outcome instanceof Outcome.Finished finished
                && judge.violation(finished, role) <= judge.violation(winner.validation, role)
                && main(finished) >= main(winner.validation)
                        - goals.mainStandardError(winner.validation)
                                ? new Won(consensus, finished, consensus)
                                : new Won(winner.bred, winner.validation, consensus);
    }

    /**
     * The winner, as above, if it is clearly better than the incumbent, see {@link Challenge}: what an earlier stage found
     * stays where a later one has only found what suits the items.
     *
     * @param incumbent a candidate that stands for the result of the stage before
     */
    @Nullable
    Won pick(List<SearchLoop.Bred> candidates, boolean validate, SearchLoop.Recording recording,
            SearchLoop.Bred incumbent) throws StoppedException, StoreException {
        Won won = pick(candidates, validate, recording);
        if (won == null || won.bred.equals(incumbent)) {
            return won;
        }
        ItemRole role = validate ? ItemRole.VALIDATION : ItemRole.SEARCH;
        Outcome outcome = evaluations.of(List.of(incumbent.recipe()), role, listener::evaluated)
                .getFirst();
        if (!(outcome instanceof Outcome.Finished finished)) {
            return won;
        }
        int order = Double.compare(judge.violation(won.validation, role),
                judge.violation(finished, role));
        boolean clearly = order < 0 || (order == 0
                && clearly(won, finished, incumbent, candidates.size(), validate));
        return clearly ? won : new Won(incumbent, finished, won.consensus);
    }

    private boolean clearly(Won won, Outcome.Finished before, SearchLoop.Bred incumbent, int tried,
            boolean validate) throws StoppedException, StoreException {
        PairedGain gain = new Challenge(goals, evaluations, validate)
                .gain(won.bred.recipe(), incumbent.recipe());
        return gain != null
                ? gain.beyondLuckOf(tried)
                : main(won.validation) > main(before);
    }

    /** Whether one misses the constraints less or, if both miss them alike, has the better main objective. */
    private boolean better(Outcome.Finished one, Outcome.Finished other, ItemRole items)
            throws StoppedException, StoreException {
        int order = Double.compare(judge.violation(one, items), judge.violation(other, items));
        return order < 0 || (order == 0 && main(one) > main(other));
    }

    private double main(Outcome.Finished outcome) {
        return goals.main(outcome.objectives());
    }

    private SearchLoop.@Nullable Bred consensus(List<SearchLoop.Bred> best,
            List<SearchLoop.Bred> candidates,
            SearchLoop.Recording recording) throws StoppedException, StoreException {
        double[] genes = stage.space()
                .consensus(best.stream()
                        .map(bred -> stage.vector(bred.candidate().genes()))
                        .toList());
        if (genes == null) {
            return null;
        }
        Recipe recipe = stage.space().decode(genes);
        Candidate last = candidates.getLast().candidate();
        var candidate = new Candidate(last.id() + 1, last.generation() + 1, 0,
                "consensus of the finalists",
                stage.genes(genes), recipe.canonicalJson(), recipe.digest());
        recording.candidates(List.of(candidate));
        Outcome outcome = evaluations.of(List.of(recipe), ItemRole.SEARCH, listener::evaluated)
                .getFirst();
        return new SearchLoop.Bred(candidate, recipe, outcome);
    }

    /** Those that meet the constraints on the search items. */
    private List<SearchLoop.Bred> allowed(List<SearchLoop.Bred> candidates)
            throws StoppedException, StoreException {
        var allowed = new ArrayList<SearchLoop.Bred>();
        for (SearchLoop.Bred bred : candidates) {
            if (bred.outcome() instanceof Outcome.Finished finished
                    && judge.violation(finished, ItemRole.SEARCH) == 0) {
                allowed.add(bred);
            }
        }
        return allowed;
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
