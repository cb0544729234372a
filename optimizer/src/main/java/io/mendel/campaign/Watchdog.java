package io.mendel.campaign;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends evaluations that take too long or too much, and all of them when the campaign is asked to stop.
 *
 * <p>
 * An evaluation is ended by interrupting its thread; the runtime looks at that between batches and between generated
 * tokens. Evaluations that are nearly done when a stop is asked for get a moment to finish.
 */
final class Watchdog implements AutoCloseable {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    /** Below the time in which a stopped campaign must have ended. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);
    private static final double GIB = 1L << 30;

    private final Limits limits;
    private final BooleanSupplier stop;
    private final LongSupplier memory;
    private final List<Watch> watches = new ArrayList<>();
    private final Thread thread = Thread.ofPlatform()
            .daemon()
            .name("watchdog")
            .unstarted(this::run);
    private volatile boolean closed;
    private long stopSeen;

    /**
     * A watchdog that looks after evaluations at once.
     *
     * @param limits what an evaluation may use
     * @param stop whether the campaign is asked to stop
     * @param memory bytes that the process holds now
     */
    Watchdog(Limits limits, BooleanSupplier stop, LongSupplier memory) {
        this.limits = limits;
        this.stop = stop;
        this.memory = memory;
        thread.start();
    }

    /** One evaluation, from its start on the calling thread to its {@link #end}. */
    final class Watch {

        private final Thread worker = Thread.currentThread();
        private final long start = System.nanoTime();
        private @Nullable Verdict verdict;

        /** Stops looking; null if the evaluation was left in peace. To be called by the same thread. */
        @Nullable
        Verdict end() {
            synchronized (watches) {
                watches.remove(this);
            }
            if (verdict != null) {
                // The interrupt may have come too late to be noticed by the evaluation; it must not hit the next one.
                Thread.interrupted();
            }
            return verdict;
        }

        private void interrupt(Verdict reason) {
            verdict = reason;
            worker.interrupt();
        }
    }

    /**
     * Why an evaluation was ended.
     *
     * @param stopped whether the campaign stops, which says nothing about the candidate
     * @param reason for people to read
     */
    record Verdict(boolean stopped, String reason) {}

    /** Begins to look after the calling thread's evaluation. */
    Watch watch() {
        var watch = new Watch();
        synchronized (watches) {
            watches.add(watch);
        }
        return watch;
    }

    private void run() {
        while (!closed) {
            LockSupport.parkNanos(LOOK_NANOS);
            synchronized (watches) {
                look(System.nanoTime());
            }
        }
    }

    private void look(long now) {
        if (watches.isEmpty()) {
            return;
        }
        if (stop.getAsBoolean()) {
            stopSeen = stopSeen == 0 ? now : stopSeen;
            if (now - stopSeen > GRACE_NANOS) {
                interruptAll(new Verdict(true, "stopped"));
            }
        }
        if (limits.seconds() > 0) {
            for (Watch watch : watches) {
                if (watch.verdict == null && now - watch.start > limits.seconds() * 1e9) {
                    watch.interrupt(new Verdict(false,
                            "took longer than limits.seconds, " + limits.seconds()));
                }
            }
        }
        long held = limits.memoryGib() > 0 ? memory.getAsLong() : 0;
        if (held > limits.memoryGib() * GIB) {
            interruptYoungest(new Verdict(false, String.format(Locale.ROOT,
                    "the process grew to %.2f GiB, more than limits.memory_gib, %s", held / GIB,
                    limits.memoryGib())));
        }
    }

    private void interruptAll(Verdict verdict) {
        for (Watch watch : watches) {
            if (watch.verdict == null) {
                watch.interrupt(verdict);
            }
        }
    }

    /** Of several, the last to start is most likely what was too much; the others are next if that did not help. */
    private void interruptYoungest(Verdict verdict) {
        if (watches.stream().allMatch(watch -> watch.verdict == null)) {
            watches.getLast().interrupt(verdict);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
