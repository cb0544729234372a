package io.mendel.campaign;

import io.mendel.results.Arrival;
import io.mendel.results.Baseline;
import io.mendel.results.Outcome;
import io.mendel.results.Scores;
import io.mendel.results.Winner;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.search.Algorithm;
import io.mendel.search.SearchProblem;
import io.mendel.search.SearchSettings;
import io.mendel.search.Strategies;
import io.mendel.space.ParameterSpace;
import java.util.List;
import java.util.Map;

/**
 * A campaign from its first evaluation to its winner: baselines, search, finalists, held-out test.
 *
 * <p>
 * Every step asks the store first, so running a half-finished campaign again goes on where it stopped.
 */
final class CampaignRunner {

    private final CampaignSpec spec;
    private final Goals goals;
    private final ParameterSpace space;
    private final Seeds seeds;
    private final BaselineRound baselines;
    private final CampaignStore store;
    private final Evaluations evaluations;
    private final boolean hasValidation;
    private final CampaignListener listener;

    CampaignRunner(CampaignSpec spec, Goals goals, ParameterSpace space, BaselineRound baselines,
            CampaignStore store,
            Evaluations evaluations, boolean hasValidation, List<Arrival> imported,
            CampaignListener listener) {
        this.spec = spec;
        this.goals = goals;
        this.space = space;
        this.seeds = Seeds.of(space, spec.models().parents(), imported);
        this.baselines = baselines;
        this.store = store;
        this.evaluations = evaluations;
        this.hasValidation = hasValidation;
        this.listener = listener;
    }

    /**
     * Runs the campaign to its end.
     *
     * @param compareRandom whether random search gets as many evaluations, as one more baseline
     * @throws StoppedException if asked to stop
     */
    void run(boolean compareRandom) throws StoppedException, StoreException {
        List<Outcome> onSearchItems = baselines.search(store);
        List<Double> reference = baselines.reference(onSearchItems);
        CampaignSpec.Budget budget = spec.budget().withoutConsensus();
        var loop = new SearchLoop(space, goals, evaluations, budget,
                reference, listener);
        listener.phase("search", budget.evaluations());
        var recording = SearchLoop.Recording.into(store, space);
        var candidates = loop.run(
                Strategies.create(spec.search().settings(), problem(seeds.vectors())),
                seeds.origins(), recording);
        var finalists = new Finalists(space, goals, evaluations, spec.search().finalists(),
                listener);
        Finalists.Won won = finalists.pick(candidates, hasValidation, recording);
        if (won != null) {
            Scores heldOut = heldOut(won.bred());
            store.record(
                    new Winner(won.bred().candidate().id(), won.validation().scores(), heldOut));
        }
        baselines.heldOut(store, onSearchItems);
        if (compareRandom) {
            compareRandom(candidates.size(), finalists, reference);
        }
        store.markFinished(true);
    }

    private SearchProblem problem(List<double[]> startingPoints) {
        return new SearchProblem(seeds.centre(), startingPoints, space::snap, goals::main);
    }

    private Scores heldOut(SearchLoop.Bred winner) throws StoppedException, StoreException {
        listener.phase("held-out test", 1);
        Outcome outcome = evaluations
                .of(List.of(winner.recipe()), ItemRole.TEST, listener::evaluated)
                .getFirst();
        return outcome instanceof Outcome.Finished finished ? finished.scores() : Scores.none();
    }

    /** Random search with the same budget, judged in the same way. */
    private void compareRandom(int evaluated, Finalists finalists, List<Double> reference)
            throws StoppedException, StoreException {
        listener.phase("random search", evaluated);
        var budget = new CampaignSpec.Budget(evaluated, 0, 0, 0);
        var loop = new SearchLoop(space, goals, evaluations, budget, reference,
                CampaignListener.countingOnly(listener));
        var settings = SearchSettings.of(Algorithm.RANDOM, spec.search().settings().seed());
        var candidates = loop.run(Strategies.create(settings, problem(List.of())), Map.of(),
                SearchLoop.Recording.none());
        Finalists.Won won = finalists.pick(candidates, hasValidation, SearchLoop.Recording.none());
        if (won != null) {
            var onSearchItems = (Outcome.Finished) won.bred().outcome();
            store.record(
                    new Baseline("random search", Baseline.Kind.RANDOM, onSearchItems.objectives(),
                            onSearchItems.scores(), heldOut(won.bred())));
        }
    }
}
