package io.mendel.runtime;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that workers take in the order in which they were added, each waiting for the earlier ones that it needs.
 *
 * <p>
 * A task may need only tasks that were added before it, so the oldest task in progress can always finish and nothing can
 * block for ever. Compared with a barrier after each block, a worker that runs out of batches goes on with the next block
 * at once. The order decides when things happen, never what comes out.
 */
final class OrderedTasks {

    /** A piece of work. */
    @FunctionalInterface
    interface Work {
        /** Does it, on the worker's thread. */
        void run() throws InferenceException;
    }

    private record Task(Work work, int[] needs) {}

    private final List<Task> tasks = new ArrayList<>();
    private final BitSet finished = new BitSet();
    private int next;
    private boolean stopped;

    /**
     * Appends a task.
     *
     * @param needs the tasks that must be finished before; not copied
     * @return the number of the task
     */
    int add(Work work, int... needs) {
        tasks.add(new Task(work, needs));
        return tasks.size() - 1;
    }

    /**
     * Runs all tasks; returns when none is running any more.
     *
     * @throws InferenceException the failure of a task, or if this thread was interrupted (its flag is set then)
     */
    void run(ExecutorService workers, int threads) throws InferenceException {
        List<Future<@Nullable Void>> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            running.add(workers.submit(() -> {
                work();
                return null;
            }));
        }
        Failures failures = new Failures();
        for (Future<?> worker : running) {
            failures.await(worker);
        }
        failures.rethrow();
    }

    private void work() throws InferenceException, InterruptedException {
        boolean complete = false;
        try {
            int number = take();
            while (number >= 0) {
                tasks.get(number).work().run();
                finish(number);
                number = take();
            }
            complete = true;
        } finally {
            if (!complete) {
                stop();
            }
        }
    }

    /** The next task, once all it needs is finished; −1 if there is none or something failed. */
    private synchronized int take() throws InterruptedException {
        if (next == tasks.size()) {
            return -1;
        }
        int number = next++;
        for (int needed : tasks.get(number).needs()) {
            while (!finished.get(needed) && !stopped) {
                wait();
            }
        }
        return stopped ? -1 : number;
    }

    private synchronized void finish(int number) {
        finished.set(number);
        notifyAll();
    }

    /** Whether the tasks are given up: one failed, or the caller was interrupted. A long task asks now and then. */
    synchronized boolean givenUp() {
        return stopped;
    }

    private synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** Collects what the workers say, so that all of them have ended before anything is thrown. */
    private final class Failures {

        private @Nullable Throwable first;
        private boolean interrupted;

        void await(Future<?> worker) {
            while (true) {
                try {
                    worker.get();
                    return;
                } catch (ExecutionException e) {
                    if (first == null) {
                        first = e.getCause();
                    }
                    return;
                } catch (CancellationException e) {
                    first = e;
                    return;
                } catch (InterruptedException _) {
                    interrupted = true;
                    stop();
                }
            }
        }

        void rethrow() throws InferenceException {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            switch (first) {
                case null -> {
                    if (interrupted) {
                        throw new InferenceException("The evaluation was interrupted.", null);
                    }
                }
                case InferenceException e -> throw e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new InferenceException("The evaluation was interrupted.", first);
            }
        }
    }
}
