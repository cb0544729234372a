package io.mendel.runtime;

import ai.djl.ndarray.NDArray;
import ai.djl.onnxruntime.engine.OrtNDManager;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Hidden states of batches after the first layers of candidates, for candidates that begin alike.
 *
 * <p>
 * A state is known by the digest of all weights it came through and by the batch. It never takes more than the bytes
 * allowed: what was used longest ago goes first. States are the very numbers that would be computed again, so results
 * do not depend on what is found. Thread-safe; several engines may share it. The caller closes it after the engines.
 *
 * @since 0.1
 */
public final class PrefixCache implements AutoCloseable {

    private final long capacity;
    private final OrtNDManager manager = OnnxEngine.newManager();
    private final LinkedHashMap<Key, Held> states = new LinkedHashMap<>(16, 0.75f, true);
    private final AtomicLong executed = new AtomicLong();
    private final AtomicLong saved = new AtomicLong();
    private long bytes;

    /**
     * A cache of at most so many bytes.
     *
     * @param capacity 0 for a cache that keeps nothing
     */
    public PrefixCache(long capacity) {
        this.capacity = capacity;
    }

    /**
     * What a state is.
     *
     * @param plan the digest of the plan
     * @param batch the batch of the plan
     * @param weights the digest of all weights it came through
     */
    record Key(String plan, int batch, String weights) {}

    /** A state of the cache; it stays there at least until it is released. */
    final class Held {
        private final NDArray array;
        private final long size;
        private int users = 1;

        private Held(NDArray array, long size) {
            this.array = array;
            this.size = size;
        }

        NDArray array() {
            return array;
        }

        void release() {
            synchronized (PrefixCache.this) {
                users--;
            }
        }
    }

    boolean keepsAnything() {
        return capacity > 0;
    }

    /** The state, held for the caller, who releases it; null if it is not here. */
    synchronized @Nullable Held find(Key key) {
        Held held = states.get(key);
        if (held != null) {
            held.users++;
        }
        return held;
    }

    /**
     * Takes a state over, if there is room.
     *
     * @param array no longer the caller's if something is returned
     * @return the state, held for the caller; null if it was not taken
     */
    synchronized @Nullable Held keep(Key key, NDArray array) {
        long size = Float.BYTES * array.getShape().size();
        if (size > capacity || states.containsKey(key)) {
            return null;
        }
        Iterator<Map.Entry<Key, Held>> oldest = states.entrySet().iterator();
        while (bytes + size > capacity && oldest.hasNext()) {
            Held held = oldest.next().getValue();
            if (held.users == 0) {
                oldest.remove();
                bytes -= held.size;
                held.array.close();
            }
        }
        if (bytes + size > capacity) {
            return null;
        }
        array.attach(manager);
        Held held = new Held(array, size);
        states.put(key, held);
        bytes += size;
        return held;
    }

    void count(long executions, long savings) {
        executed.addAndGet(executions);
        saved.addAndGet(savings);
    }

    /** Layers that batches went through. */
    public long executed() {
        return executed.get();
    }

    /** Layers that batches did not go through because the state behind them was here. */
    public long saved() {
        return saved.get();
    }

    /** Bytes of the states that are here. */
    public synchronized long bytes() {
        return bytes;
    }

    @Override
    public synchronized void close() {
        states.clear();
        bytes = 0;
        manager.close();
    }
}
