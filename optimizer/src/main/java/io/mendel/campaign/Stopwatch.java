package io.mendel.campaign;

import java.time.Duration;

/** Time worked on a campaign: that of former sessions and of this one. */
final class Stopwatch {

    private final Duration before;
    private final long start = System.nanoTime();

    /** Starts to measure. */
    Stopwatch(Duration before) {
        this.before = before;
    }

    /** All sessions together. */
    Duration total() {
        return before.plusNanos(System.nanoTime() - start);
    }

    /** Seconds of this session. */
    double session() {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Whether this session took longer than this; 0 minutes are no limit. */
    boolean beyond(double minutes) {
        return minutes > 0 && System.nanoTime() - start > minutes * 60e9;
    }
}
