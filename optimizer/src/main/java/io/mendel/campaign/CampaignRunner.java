package io.mendel.campaign;

import io.mendel.results.Arrival;
import io.mendel.results.Baseline;
import io.mendel.results.Outcome;
import io.mendel.results.Scores;
import io.mendel.results.Winner;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.search.Algorithm;
import io.mendel.search.GeneKinds;
import io.mendel.search.SearchProblem;
import io.mendel.search.SearchSettings;
import io.mendel.search.SearchStrategy;
import io.mendel.search.Strategies;
import io.mendel.space.Gene;
import io.mendel.space.InvalidInputException;
import io.mendel.space.Recipe;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A campaign from its first evaluation to its winner: baselines, search, finalists, held-out test.
 *
 * <p>
 * Every step asks the store first, so running a half-finished campaign again goes on where it stopped.
 */
final class CampaignRunner {

    private final CampaignSpec spec;
    /** The budget the campaign began with: what a strategy is chosen by must not change when a budget grows. */
    private final CampaignSpec.Budget begun;
    private final List<Arrival> imported;
    private final Goals goals;
    private final SearchStage stage;
    private final @Nullable StageBorder border;
    private final BaselineRound baselines;
    private final CampaignStore store;
    private final Evaluations evaluations;
    private final boolean hasValidation;
    private final int blocks;
    private final Racing racing;
    private final CampaignListener listener;

    /**
     * A runner that has not begun.
     *
     * @param begun the budget that the campaign began with, which may have been changed since
     * @param imported seeds from elsewhere
     * @param stage the first stage
     * @param border the way to the second stage; null if there is none
     * @param blocks number of blocks of search items that generations may take turns with
     * @param racing where candidates may be given up
     */
    CampaignRunner(CampaignSpec spec, CampaignSpec.Budget begun, List<Arrival> imported,
            Goals goals, SearchStage stage, @Nullable StageBorder border,
            BaselineRound baselines, CampaignStore store, Evaluations evaluations,
            boolean hasValidation, int blocks, Racing racing, CampaignListener listener) {
        this.spec = spec;
        this.begun = begun;
        this.imported = imported;
        this.goals = goals;
        this.stage = stage;
        this.border = border;
        this.baselines = baselines;
        this.store = store;
        this.evaluations = evaluations;
        this.hasValidation = hasValidation;
        this.blocks = blocks;
        this.racing = racing;
        this.listener = listener;
    }

    /**
     * What a stage found.
     *
     * @param candidates all its candidates but the consensus
     * @param won its winner; null if no candidate has a score
     */
    private record Found(List<SearchLoop.Bred> candidates, Finalists.@Nullable Won won) {

        /** All candidates, the consensus too if there is one. */
        List<SearchLoop.Bred> all() {
            return won == null || won.consensus() == null
                    ? candidates
                    : Stream.concat(candidates.stream(), Stream.of(won.consensus())).toList();
        }
    }

    /**
     * Runs the campaign to its end.
     *
     * @param compareRandom whether random search gets as many evaluations, as one more baseline
     * @throws StoppedException if asked to stop
     * @throws InvalidInputException if the store, or the model between two stages, cannot be written
     */
    void run(boolean compareRandom) throws StoppedException, InvalidInputException {
        List<Outcome> onSearchItems = baselines.search(store);
        List<Double> reference = baselines.reference(onSearchItems);
        var settings = spec.search().settings();
        int evaluated;
        if (border == null) {
            Found found = search(stage, reference, spec.budget(), begun, settings, evaluations,
                    List.of());
            evaluated = found.candidates.size();
            recordWinner(found.won, evaluations);
        } else {
            evaluated = runStages(border, reference);
        }
        baselines.heldOut(store, onSearchItems);
        if (compareRandom) {
            compareRandom(evaluated, reference);
        }
        store.markFinished(true);
    }

    /** Both stages; returns how many candidates they bred. */
    private int runStages(StageBorder border, List<Double> reference)
            throws StoppedException, InvalidInputException {
        CampaignSpec.Budget early = spec.budget().share(spec.space().parameterShare());
        CampaignSpec.Budget earlyBegun = begun.share(spec.space().parameterShare());
        Found first = search(stage, reference, early, earlyBegun, spec.search().settings(),
                evaluations,
                List.of());
        if (first.won == null) {
            return first.candidates.size();
        }
        var earlier = first.all();
        try (StageBorder.Second second = border.cross(first.won.bred())) {
            CampaignSpec.Budget late = spec.budget().without(early, earlier.size());
            var settings = Objects.requireNonNull(
                    Objects.requireNonNull(spec.space().dataFlow()).search());
            Found found = search(second.stage(), reference, late,
                    begun.without(earlyBegun, earlier.size()), settings, second.evaluations(),
                    earlier);
            recordWinner(found.won == null ? first.won : found.won, second.evaluations());
            return earlier.size() + found.candidates.size();
        }
    }

    private Found search(SearchStage stage, List<Double> reference, CampaignSpec.Budget budget,
            CampaignSpec.Budget planned, SearchSettings settings, Evaluations evaluations,
            List<SearchLoop.Bred> earlier)
            throws StoppedException, StoreException {
        Seeds seeds = Seeds.of(stage.space(), earlier.isEmpty() ? imported : List.of());
        listener.phase(earlier.isEmpty() ? "search" : "search of paths",
                budget.withoutConsensus().evaluations());
        var recording = SearchLoop.Recording.into(store, stage);
        SearchProblem problem = problem(stage, seeds.centre(), seeds.vectors());
        SearchSettings resolved = Strategies.resolve(settings, problem,
                goals.objectives().size(), planned.evaluations());
        SearchStrategy strategy = Strategies.create(resolved, problem);
        var loop = new SearchLoop(stage, goals, evaluations, budget.withoutConsensus(), reference,
                judge(evaluations), rotation(strategy), elites(resolved, evaluations), listener);
        var candidates = loop.run(earlier, strategy, seeds.origins(), recording);
        Finalists finalists = finalists(stage, evaluations);
        // The first candidate of a second stage is the path of the first stage's winner.
        Finalists.Won won = earlier.isEmpty()
                ? finalists.pick(candidates, hasValidation, recording)
                : finalists.pick(candidates, hasValidation, recording, candidates.getFirst());
        return new Found(candidates, won);
    }

    private Finalists finalists(SearchStage stage, Evaluations evaluations) {
        return new Finalists(stage, goals, evaluations, spec.search().finalists(),
                judge(evaluations), listener);
    }

    private Judge judge(Evaluations evaluations) {
        return new Judge(goals, spec.objectives(), spec.models().parents(), evaluations);
    }

    /** Parents and textbook recipes, scored before the search, are the first to race against. */
    private Elites elites(SearchSettings settings, Evaluations evaluations)
            throws StoppedException, StoreException {
        var elites = new Elites(goals, judge(evaluations), evaluations, racing,
                !settings.algorithm().comparesObjectives());
        List<Recipe> recipes = baselines.recipes();
        elites.told(recipes, evaluations.of(recipes, ItemRole.SEARCH, _ -> {
        }), ItemRole.SEARCH);
        return elites;
    }

    /** Items rotate where it costs nothing, or where the campaign asks for it. */
    private Rotation rotation(SearchStrategy strategy) {
        Boolean asked = spec.evaluation().rotate();
        return new Rotation(asked != null || !strategy.remembers() ? blocks : 1);
    }

    private SearchProblem problem(SearchStage stage, double[] centre,
            List<double[]> startingPoints) {
        var space = stage.space();
        var words = space.genes().stream().map(gene -> switch (gene) {
            case Gene.Choice choice -> choice.words().size();
            case Gene.Real _ -> 0;
        }).toList();
        return new SearchProblem(centre, startingPoints, space::snap, goals::main,
                new GeneKinds(words), space.variation());
    }

    private void recordWinner(Finalists.@Nullable Won won, Evaluations evaluations)
            throws StoppedException, StoreException {
        if (won != null) {
            Scores heldOut = heldOut(won.bred(), evaluations);
            store.record(
                    new Winner(won.bred().candidate().id(), won.validation().scores(), heldOut));
        }
    }

    private Scores heldOut(SearchLoop.Bred winner, Evaluations evaluations)
            throws StoppedException, StoreException {
        listener.phase("held-out test", 1);
        Outcome outcome = evaluations
                .of(List.of(winner.recipe()), ItemRole.TEST, listener::evaluated)
                .getFirst();
        return outcome instanceof Outcome.Finished finished ? finished.scores() : Scores.none();
    }

    /** Random search of the first stage's space with the whole budget, judged in the same way. */
    private void compareRandom(int evaluated, List<Double> reference)
            throws StoppedException, StoreException {
        listener.phase("random search", evaluated);
        var budget = new CampaignSpec.Budget(evaluated, 0, 0, 0);
        var settings = SearchSettings.of(Algorithm.RANDOM, spec.search().settings().seed());
        var strategy = Strategies.create(settings,
                problem(stage, Seeds.of(stage.space()).centre(), List.of()));
        var loop = new SearchLoop(stage, goals, evaluations, budget, reference,
                judge(evaluations), rotation(strategy), elites(settings, evaluations),
                CampaignListener.countingOnly(listener));
        var candidates = loop.run(List.of(), strategy, Map.of(), SearchLoop.Recording.none());
        Finalists.Won won = finalists(stage, evaluations).pick(candidates, hasValidation,
                SearchLoop.Recording.none());
        if (won != null) {
            var onSearchItems = (Outcome.Finished) won.bred().outcome();
            store.record(
                    new Baseline("random search", Baseline.Kind.RANDOM, onSearchItems.objectives(),
                            onSearchItems.scores(), heldOut(won.bred(), evaluations)));
        }
    }
}
