package io.mendel.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGINT and SIGTERM into an orderly stop with exit code 3.
 *
 * <p>
 * The JVM's shutdown hook asks the work to stop and gives it a few seconds to finish the evaluations that run. What is
 * not finished by then is abandoned, which loses nothing: every finished evaluation is on disk already.
 */
final class StopSignal {

    private static final long PATIENCE_SECONDS = 3;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "stop-signal");
    private volatile boolean requested;

    /** Starts to listen. */
    void install() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Whether somebody asked to stop. */
    boolean requested() {
        return requested;
    }

    /** The work is over: a normal exit follows, or the stop that waits in the hook goes on. */
    void finished() {
        finished.countDown();
    }

    private void stop() {
        if (finished.getCount() == 0) {
            return;
        }
        requested = true;
        try {
            if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.Logger logger = System.getLogger(StopSignal.class.getName());
                logger.log(System.Logger.Level.DEBUG, "running evaluations were abandoned");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Exit code 130 or 143 would say "killed"; everything is saved, which is code 3.
        Runtime.getRuntime().halt(ExitCode.STOPPED);
    }
}
