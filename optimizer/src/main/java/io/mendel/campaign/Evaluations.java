package io.mendel.campaign;

import io.mendel.results.Evaluation;
import io.mendel.results.EvaluationKey;
import io.mendel.results.ItemScores;
import io.mendel.results.Outcome;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.space.PathOrder;
import io.mendel.space.Recipe;
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
import java.util.function.BooleanSupplier;
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
    private final BooleanSupplier stop;

    /**
     * Evaluations into a store.
     *
     * @param store where outcomes are kept
     * @param itemDigests digest of each role's items
     * @param scorers one for each worker; closed with this object
     * @param stop asked before every evaluation whether to give up
     */
    Evaluations(CampaignStore store, Map<ItemRole, String> itemDigests, List<RecipeScorer> scorers,
            BooleanSupplier stop) {
        this.store = store;
        this.itemDigests = Map.copyOf(itemDigests);
        this.scorers = new ArrayBlockingQueue<>(scorers.size(), false, scorers);
        this.workers = Executors.newFixedThreadPool(scorers.size(),
                Thread.ofPlatform().name("worker-", 1).factory());
        this.stop = stop;
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
        var distinct = new LinkedHashMap<String, Recipe>();
        recipes.forEach(recipe -> distinct.putIfAbsent(recipe.digest(), recipe));
        var running = new ExecutorCompletionService<Result>(workers);
        // Neighbours that begin alike find each other's hidden states; nothing else depends on the order.
        distinct.entrySet()
                .stream()
                .sorted(Map.Entry.comparingByValue(new PathOrder()))
                .forEach(entry -> running
                        .submit(() -> evaluate(entry.getKey(), entry.getValue(), role)));
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
            throw new StoppedException("stopped on request");
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
        Evaluation known = store.find(new EvaluationKey(recipe.digest(),
                Objects.requireNonNull(itemDigests.get(items)), store.info().settingsDigest()));
        return known != null && known.outcome() instanceof Outcome.Finished finished
                ? finished.items()
                : List.of();
    }

    /** The scores of single items are on disk; kept here, they would be most of a long campaign's memory. */
    private static Outcome withoutItems(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Finished finished ->
                new Outcome.Finished(finished.objectives(), finished.scores(), List.of());
            case Outcome.Failed failed -> failed;
        };
    }

    private @Nullable Result evaluate(String digest, Recipe recipe, ItemRole role)
            throws StoreException, InterruptedException {
        if (stop.getAsBoolean()) {
            return null;
        }
        var key = new EvaluationKey(digest, Objects.requireNonNull(itemDigests.get(role)),
                store.info().settingsDigest());
        Evaluation known = store.find(key);
        if (known != null) {
            return new Result(digest, withoutItems(known.outcome()), false);
        }
        RecipeScorer scorer = scorers.take();
        try {
            long start = System.nanoTime();
            Outcome outcome = scorer.score(recipe, role);
            store.record(new Evaluation(key, outcome, (System.nanoTime() - start) / 1e9));
            return new Result(digest, withoutItems(outcome), true);
        } finally {
            scorers.add(scorer);
        }
    }

    @Override
    public void close() {
        workers.close();
        scorers.forEach(RecipeScorer::close);
    }
}
