package io.mendel.campaign;

import io.mendel.results.Evaluation;
import io.mendel.results.EvaluationKey;
import io.mendel.results.ItemScores;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Outcome;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.space.PathOrder;
import io.mendel.space.Recipe;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates recipes with several workers, never the same one twice: an outcome in the store is never computed again, and
 * an outcome is in the store before anyone sees it.
 */
final class Evaluations implements AutoCloseable {

    private final CampaignStore store;
    private final Map<ItemRole, String> itemDigests;
    private final BlockingQueue<RecipeScorer> scorers;
    private final ExecutorService workers;
    private final EvaluationGuard guard;
    private final LongAdder computed = new LongAdder();
    private final LongAdder computing = new LongAdder();

    /**
     * Evaluations into a store.
     *
     * @param store where outcomes are kept
     * @param itemDigests digest of each role's items
     * @param scorers one for each worker; closed with this object
     * @param stop asked often whether to give up
     * @param limits what an evaluation may use
     * @param parents the files that must not change meanwhile
     */
    Evaluations(CampaignStore store, Map<ItemRole, String> itemDigests, List<RecipeScorer> scorers,
            BooleanSupplier stop, Limits limits, ParentFiles parents) {
        this.guard = new EvaluationGuard(stop, limits, parents);
        this.store = store;
        this.itemDigests = Map.copyOf(itemDigests);
        this.scorers = new ArrayBlockingQueue<>(scorers.size(), false, scorers);
        // One thread more than scorers: while it writes an outcome to disk, its scorer works for another.
        this.workers = Executors.newFixedThreadPool(scorers.size() + 1,
                Thread.ofPlatform().name("worker-", 1).factory());
    }

    /** How many evaluations this session computed. */
    long computed() {
        return computed.sum();
    }

    /** Seconds that workers spent on merging and scoring in this session, all of them together. */
    double computingSeconds() {
        return computing.sum() / 1e9;
    }

    /** What a worker reports. */
    private record Result(String digest, Outcome outcome, boolean fresh) {}

    /** Told of every distinct recipe when its outcome is on disk, from the calling thread. */
    @FunctionalInterface
    interface Progress {
        void evaluated(boolean fresh);
    }

    /**
     * The outcomes of these recipes, in their order, without the scores of single items.
     *
     * @param recipes the recipes; equal ones are evaluated once
     * @param role the items
     * @param progress told of every outcome
     * @throws StoppedException if asked to stop; outcomes finished until then are in the store
     */
    List<Outcome> of(List<Recipe> recipes, ItemRole role, Progress progress)
            throws StoppedException, StoreException {
        return of(recipes, role, _ -> Race.NONE, progress);
    }

    /**
     * The outcomes of these recipes, in their order; of those that were given up with the scores of single items in the
     * metrics of the objectives, of the others without.
     *
     * @param races the race of each recipe, by its digest
     */
    List<Outcome> of(List<Recipe> recipes, ItemRole role, Function<String, Race> races,
            Progress progress) throws StoppedException, StoreException {
        var distinct = new LinkedHashMap<String, Recipe>();
        List<String> digests = recipes.stream().map(Recipe::digest).toList();
        for (int i = 0; i < digests.size(); i++) {
            distinct.putIfAbsent(digests.get(i), recipes.get(i));
        }
        var running = new ExecutorCompletionService<Result>(workers);
        // Neighbours that begin alike find each other's hidden states; nothing else depends on the order.
        distinct.entrySet()
                .stream()
                .sorted(Map.Entry.comparingByValue(new PathOrder()))
                .forEach(entry -> running
                        .submit(() -> evaluate(entry.getKey(), entry.getValue(), role,
                                races.apply(entry.getKey()))));
        var outcomes = new HashMap<String, Outcome>();
        boolean stopped = false;
        for (int i = 0; i < distinct.size(); i++) {
            try {
                Result result = running.take().get();
                if (result == null) {
                    stopped = true;
                } else {
                    outcomes.put(result.digest, result.outcome);
                    progress.evaluated(result.fresh);
                }
            } catch (ExecutionException e) {
                if (e.getCause() instanceof StoreException failure) {
                    throw failure;
                }
                throw new IllegalStateException("A worker failed.", e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoppedException("interrupted");
            }
        }
        if (stopped) {
            throw new StoppedException(guard.reason());
        }
        return digests.stream().map(outcomes::get).map(Objects::requireNonNull).toList();
    }

    /**
     * The scores of single items of a recipe that was evaluated; none if it failed.
     *
     * @param items the items
     */
    List<ItemScores> items(Recipe recipe, ItemRole items) throws StoreException {
        Outcome.Finished finished = finished(recipe, items);
        return finished == null ? List.of() : finished.items();
    }

    /** The whole outcome of a recipe that was evaluated; null if it failed. */
    Outcome.@Nullable Finished finished(Recipe recipe, ItemRole items) throws StoreException {
        Evaluation known = store.find(key(recipe.digest(), items));
        return known != null && known.outcome() instanceof Outcome.Finished finished
                ? finished
                : null;
    }

    /**
     * The scores of single items in the metrics of some objectives; none if the recipe was not evaluated.
     *
     * @param items the items
     */
    List<ItemScores> items(Recipe recipe, ItemRole items, List<ObjectiveDefinition> objectives)
            throws StoreException {
        return store.findItems(key(recipe.digest(), items), objectives);
    }

    private EvaluationKey key(String recipeDigest, ItemRole items) throws StoreException {
        return new EvaluationKey(recipeDigest, Objects.requireNonNull(itemDigests.get(items)),
                store.info().settingsDigest());
    }

    /** The scores of single items are on disk; kept here, they would be most of a long campaign's memory. */
    static Outcome withoutItems(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Finished finished ->
                new Outcome.Finished(finished.objectives(), finished.scores(), List.of());
            case Outcome.Raced raced ->
                new Outcome.Raced(raced.objectives(), raced.scores(), List.of(), raced.scored(),
                        raced.of());
            case Outcome.Failed failed -> failed;
        };
    }

    /** What a stored outcome says here; null if the recipe has to be scored on more items. */
    private @Nullable Outcome known(EvaluationKey key, Race race) throws StoreException {
        Evaluation known = store.findScores(key);
        if (known == null) {
            return null;
        }
        if (race.isOn()) {
            return race.replay(known.outcome(), store.findItems(key, race.objectives()));
        }
        return known.outcome() instanceof Outcome.Raced ? null : known.outcome();
    }

    private @Nullable Result evaluate(String digest, Recipe recipe, ItemRole role, Race race)
            throws StoreException, InterruptedException {
        if (guard.isStopped()) {
            return null;
        }
        EvaluationKey key = key(digest, role);
        Outcome known = known(key, race);
        if (known != null) {
            return new Result(digest, known, false);
        }
        Outcome outcome;
        long nanos;
        RecipeScorer scorer = scorers.take();
        try {
            if (guard.isStopped()) {
                return null;
            }
            long start = System.nanoTime();
            outcome = guard.score(scorer, recipe, role, race);
            nanos = System.nanoTime() - start;
        } finally {
            scorers.add(scorer);
        }
        if (outcome == null) {
            return null;
        }
        computed.increment();
        computing.add(nanos);
        try {
            store.record(new Evaluation(key, outcome, nanos / 1e9));
            return new Result(digest, outcome instanceof Outcome.Raced raced
                    ? race.withObjectivesOnly(raced)
                    : withoutItems(outcome), true);
        } catch (StoreException e) {
            // The others would be computed and lost in the same way.
            guard.giveUp(String.valueOf(e.getMessage()));
            throw e;
        }
    }

    @Override
    public void close() {
        workers.close();
        guard.close();
        scorers.forEach(RecipeScorer::close);
    }
}
