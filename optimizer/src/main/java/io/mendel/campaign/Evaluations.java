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
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
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

    private static final System.Logger LOGGER = System.getLogger(Evaluations.class.getName());

    private final CampaignStore store;
    private final Map<ItemRole, String> itemDigests;
    private final BlockingQueue<RecipeScorer> scorers;
    private final ExecutorService workers;
    private final BooleanSupplier stop;
    private final Watchdog watchdog;
    private final ParentFiles parents;
    /** Why no further evaluation must begin: the store or a parent failed. */
    private volatile @Nullable String broken;
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
        this.watchdog = new Watchdog(limits, stop, ResidentMemory::bytes);
        this.parents = parents;
        this.store = store;
        this.itemDigests = Map.copyOf(itemDigests);
        this.scorers = new ArrayBlockingQueue<>(scorers.size(), false, scorers);
        // One thread more than scorers: while it writes an outcome to disk, its scorer works for another.
        this.workers = Executors.newFixedThreadPool(scorers.size() + 1,
                Thread.ofPlatform().name("worker-", 1).factory());
        this.stop = stop;
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
     * @param races the race of each recipe
     */
    List<Outcome> of(List<Recipe> recipes, ItemRole role, Function<Recipe, Race> races,
            Progress progress) throws StoppedException, StoreException {
        var distinct = new LinkedHashMap<String, Recipe>();
        recipes.forEach(recipe -> distinct.putIfAbsent(recipe.digest(), recipe));
        var running = new ExecutorCompletionService<Result>(workers);
        // Neighbours that begin alike find each other's hidden states; nothing else depends on the order.
        distinct.entrySet()
                .stream()
                .sorted(Map.Entry.comparingByValue(new PathOrder()))
                .forEach(entry -> running
                        .submit(() -> evaluate(entry.getKey(), entry.getValue(), role,
                                races.apply(entry.getValue()))));
        var outcomes = new LinkedHashMap<String, Outcome>();
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
            String reason = broken;
            throw new StoppedException(reason != null ? reason : "stopped on request");
        }
        var ordered = new ArrayList<Outcome>();
        for (Recipe recipe : recipes) {
            ordered.add(Objects.requireNonNull(outcomes.get(recipe.digest())));
        }
        return ordered;
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
        if (broken != null || stop.getAsBoolean()) {
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
            if (broken != null || stop.getAsBoolean()) {
                return null;
            }
            long start = System.nanoTime();
            outcome = guarded(scorer, recipe, role, race);
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
            broken = e.getMessage();
            throw e;
        }
    }

    /** The outcome, or null if the evaluation is given up and says nothing about the recipe. */
    private @Nullable Outcome guarded(RecipeScorer scorer, Recipe recipe, ItemRole role,
            Race race) {
        Watchdog.Watch watch = watchdog.watch();
        Outcome outcome;
        Watchdog.Verdict verdict;
        try {
            outcome = scored(scorer, recipe, role, race);
        } finally {
            verdict = watch.end();
        }
        Path changed = parents.changed();
        if (changed != null) {
            broken = "the parent file " + changed
                    + " was written while the campaign ran. Restore it before you go on.";
        }
        if (broken != null) {
            return null;
        }
        if (!(outcome instanceof Outcome.Failed)) {
            return outcome;
        }
        // While the process ends, ONNX Runtime is shut down under the evaluations that run: their failure says nothing.
        boolean stopped = verdict != null && verdict.stopped();
        if (stopped || stop.getAsBoolean() || isShuttingDown()) {
            return null;
        }
        return verdict == null ? outcome : new Outcome.Failed(verdict.reason());
    }

    /** Whether the JVM has begun to end: it takes no hooks any more before it starts the first of them. */
    private static boolean isShuttingDown() {
        try {
            var probe = new Thread(() -> {
            }, "shutdown-probe");
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /** A defect that shows with one candidate must not end a campaign of days: it is that candidate's failure. */
    private Outcome scored(RecipeScorer scorer, Recipe recipe, ItemRole role, Race race) {
        try {
            return scorer.score(recipe, role, race);
        } catch (RuntimeException | StackOverflowError e) {
            LOGGER.log(Level.WARNING, "recipe " + recipe.digest() + " could not be scored", e);
            return new Outcome.Failed("unexpected: " + e);
        } catch (OutOfMemoryError e) {
            return new Outcome.Failed("out of memory: " + e.getMessage());
        } catch (InternalError e) {
            // What the JVM throws for reading mapped memory behind the end of a file.
            broken = "a mapped file became shorter or unreadable: " + e.getMessage()
                    + ". Restore the parents before you go on.";
            return new Outcome.Failed("unexpected: " + e);
        }
    }

    @Override
    public void close() {
        workers.close();
        watchdog.close();
        scorers.forEach(RecipeScorer::close);
    }
}
