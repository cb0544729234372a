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
import java.util.concurrent.FutureTask;
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
    /** Writes outcomes to disk, so that no scorer waits for that. */
    private final ExecutorService recorder = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().name("recorder").factory());
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
        this.workers = Executors.newFixedThreadPool(scorers.size(),
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

    /** A recipe that was scored, or given up if there is no outcome. */
    private record Computed(String digest, @Nullable Outcome outcome, double seconds) {}

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
        var outcomes = new HashMap<String, Outcome>();
        var recorded = new ExecutorCompletionService<Computed>(recorder);
        int running = 0;
        boolean stopped = false;
        // Neighbours that begin alike find each other's hidden states; nothing else depends on the order.
        for (var entry : distinct.entrySet()
                .stream()
                .sorted(Map.Entry.comparingByValue(new PathOrder()))
                .toList()) {
            stopped |= guard.isStopped();
            if (stopped) {
                break;
            }
            String digest = entry.getKey();
            EvaluationKey key = key(digest, role);
            Race race = races.apply(digest);
            Outcome known = known(key, race);
            if (known != null) {
                outcomes.put(digest, known);
                progress.evaluated(false);
                continue;
            }
            workers.execute(() -> {
                var computed = new FutureTask<>(
                        () -> compute(digest, entry.getValue(), role, race));
                computed.run();
                recorded.submit(() -> record(key, computed.get(), race));
            });
            running++;
        }
        for (; running > 0; running--) {
            Computed computed = next(recorded);
            if (computed.outcome == null) {
                stopped = true;
            } else {
                outcomes.put(computed.digest, computed.outcome);
                progress.evaluated(true);
            }
        }
        if (stopped) {
            throw new StoppedException(guard.reason());
        }
        return digests.stream().map(outcomes::get).map(Objects::requireNonNull).toList();
    }

    private static Computed next(ExecutorCompletionService<Computed> recorded)
            throws StoppedException, StoreException {
        try {
            return recorded.take().get();
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

    private Computed compute(String digest, Recipe recipe, ItemRole role, Race race) {
        if (guard.isStopped()) {
            return new Computed(digest, null, 0);
        }
        // There are as many scorers as threads.
        RecipeScorer scorer = scorers.remove();
        try {
            long start = System.nanoTime();
            Outcome outcome = guard.score(scorer, recipe, role, race);
            long nanos = System.nanoTime() - start;
            if (outcome != null) {
                computed.increment();
                computing.add(nanos);
            }
            return new Computed(digest, outcome, nanos / 1e9);
        } finally {
            scorers.add(scorer);
        }
    }

    /** Writes an outcome to disk; returns what may be seen of it then. */
    private Computed record(EvaluationKey key, Computed computed, Race race)
            throws StoreException {
        if (computed.outcome == null) {
            return computed;
        }
        try {
            store.record(new Evaluation(key, computed.outcome, computed.seconds));
        } catch (StoreException e) {
            // The others would be computed and lost in the same way.
            guard.giveUp(String.valueOf(e.getMessage()));
            throw e;
        }
        return new Computed(computed.digest, computed.outcome instanceof Outcome.Raced raced
                ? race.withObjectivesOnly(raced)
                : withoutItems(computed.outcome), computed.seconds);
    }

    @Override
    public void close() {
        workers.close();
        recorder.close();
        guard.close();
        scorers.forEach(RecipeScorer::close);
    }
}
