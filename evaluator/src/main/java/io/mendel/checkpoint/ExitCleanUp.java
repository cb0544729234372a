package io.mendel.checkpoint;

/**
 * Removes what is unfinished when the process is told to stop, by Ctrl-C or {@code SIGTERM}, before it could do so itself.
 *
 * @since 0.1
 */
public final class ExitCleanUp implements AutoCloseable {

    private final Thread hook;

    private ExitCleanUp(Thread hook) {
        this.hook = hook;
    }

    /**
     * Plans a clean-up until closed.
     *
     * @param cleanUp runs on a thread of its own, while all others still do
     */
    public static ExitCleanUp of(Runnable cleanUp) {
        Thread hook = Thread.ofPlatform().name("mendel-clean-up").unstarted(cleanUp);
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            // Too late: only its owner can clean up what begins now.
        }
        return new ExitCleanUp(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            // The clean-up runs, or has run.
        }
    }
}
