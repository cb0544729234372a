package io.mendel.campaign;

import io.mendel.results.Outcome;
import io.mendel.space.LateLogger;
import io.mendel.space.Recipe;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a candidate that fails from a campaign that cannot go on: only the first is an outcome.
 */
final class EvaluationGuard implements AutoCloseable {

    private static final System.Logger LOGGER = LateLogger.of(EvaluationGuard.class);

    private final BooleanSupplier stop;
    private final Watchdog watchdog;
    private final ParentFiles parents;
    private volatile @Nullable String broken;

    /**
     * A guard.
     *
     * @param stop asked often whether to give up
     * @param limits what an evaluation may use
     * @param parents the files that must not change meanwhile
     */
    EvaluationGuard(BooleanSupplier stop, Limits limits, ParentFiles parents) {
        this.stop = stop;
        this.watchdog = new Watchdog(limits, stop, ResidentMemory::bytes);
        this.parents = parents;
    }

    /** Lets no further evaluation begin, since the store or a parent failed. */
    void giveUp(String reason) {
        broken = reason;
    }

    /** Whether no further evaluation must begin. */
    boolean isStopped() {
        return broken != null || stop.getAsBoolean();
    }

    /** Why that is so. */
    String reason() {
        String reason = broken;
        return reason != null ? reason : "stopped on request";
    }

    /** The outcome, or null if the evaluation is given up and says nothing about the recipe. */
    @Nullable
    Outcome score(RecipeScorer scorer, Recipe recipe, ItemRole role, Race race) {
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
            giveUp("the parent file " + changed
                    + " was written while the campaign ran. Restore it before you go on.");
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
            giveUp("a mapped file became shorter or unreadable: " + e.getMessage()
                    + ". Restore the parents before you go on.");
            return new Outcome.Failed("unexpected: " + e);
        }
    }

    @Override
    public void close() {
        watchdog.close();
    }
}
