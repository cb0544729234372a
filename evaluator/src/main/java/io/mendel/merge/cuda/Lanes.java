package io.mendel.merge.cuda;

import io.mendel.space.LateLogger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** The lanes of a device; each is used by one thread at a time, as many as are waited for, up to a few. */
final class Lanes implements AutoCloseable {

    private static final System.Logger LOGGER = LateLogger.of(Lanes.class);
    private static final int MOST = 4;

    private final Supplier<Lane> factory;
    private final Semaphore free = new Semaphore(MOST, true);
    private final Deque<Lane> idle = new ArrayDeque<>();
    private final List<Lane> all = new ArrayList<>();
    private boolean warned;

    Lanes(Supplier<Lane> factory) {
        this.factory = factory;
    }

    /** Work on a lane. */
    @FunctionalInterface
    interface Task {
        /** Does it, and tells whether that was possible. */
        boolean run(Lane lane) throws DeviceMemoryException;
    }

    /** Does work on a lane; false if the device has no room for it. */
    boolean use(Task task) {
        free.acquireUninterruptibly();
        Lane lane = take();
        try {
            return task.run(lane);
        } catch (DeviceMemoryException e) {
            warn(e);
            return false;
        } finally {
            giveBack(lane);
            free.release();
        }
    }

    private synchronized Lane take() {
        Lane lane = idle.poll();
        if (lane == null) {
            lane = factory.get();
            all.add(lane);
        }
        return lane;
    }

    private synchronized void giveBack(Lane lane) {
        idle.push(lane);
    }

    private synchronized void warn(DeviceMemoryException e) {
        if (!warned) {
            warned = true;
            LOGGER.log(Level.WARNING,
                    e.getMessage() + " Merging slower, on the processor, while that is so.");
        }
    }

    @Override
    public synchronized void close() {
        idle.clear();
        all.forEach(Lane::close);
        all.clear();
    }
}
