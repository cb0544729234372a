package io.mendel.merge.cuda;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What stays on a device from one merge to the next: tensors and masks.
 *
 * <p>
 * The least recently used make room for others, but only if they were not used since the other was asked for last. So
 * parents that are read in turn and do not fit together stay, as many as do fit, and the rest is streamed; while parents
 * that nobody asks for any more give way at the second request. What is leased is never evicted. Thread-safe; loading is
 * done by one thread at a time.
 */
final class ResidentBlocks implements AutoCloseable {

    /** Fills a new block; all of it must be there when the call returns. */
    @FunctionalInterface
    interface Loader {
        void load(long address) throws DeviceMemoryException;
    }

    /** Tells a block from all others; it must not hold on to what it names. */
    interface Key {
        /** Whether what it names still exists. */
        boolean isAlive();
    }

    private static final class Resident {
        private final DeviceMemory.Block block;
        private int leases;
        private long used;

        Resident(DeviceMemory.Block block) {
            this.block = block;
        }
    }

    private static final int REMEMBERED = 1 << 16;

    private final DeviceMemory memory;
    private final long budget;
    private final SequencedMap<Key, Resident> blocks = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Key, Long> missed = new LinkedHashMap<>();
    private long bytes;
    private long evictions;
    private long time;

    /**
     * Begins with nothing.
     *
     * @param budget most bytes of all blocks
     */
    ResidentBlocks(DeviceMemory memory, long budget) {
        this.memory = memory;
        this.budget = budget;
    }

    /** A block that stays where it is until this is closed. */
    final class Lease implements AutoCloseable {
        private final Resident resident;
        private boolean open = true;

        private Lease(Resident resident) {
            this.resident = resident;
            resident.leases++;
        }

        long address() {
            return resident.block.address();
        }

        @Override
        public void close() {
            synchronized (ResidentBlocks.this) {
                if (open) {
                    open = false;
                    resident.leases--;
                }
            }
        }
    }

    /** The block, loaded if it is not there; null if there is no room for it, or not yet. */
    @Nullable
    synchronized Lease acquire(Key key, long size, Loader loader) {
        Resident known = blocks.get(key);
        time++;
        if (known != null) {
            known.used = time;
            return new Lease(known);
        }
        DeviceMemory.Block block = room(key, size);
        if (block == null || !load(block, loader)) {
            missed.put(key, time);
            if (missed.size() > REMEMBERED) {
                missed.remove(missed.keySet().iterator().next());
            }
            return null;
        }
        missed.remove(key);
        Resident resident = new Resident(block);
        resident.used = time;
        blocks.put(key, resident);
        bytes += block.size();
        return new Lease(resident);
    }

    /** Whether there was room for what loading needs, too. */
    private static boolean load(DeviceMemory.Block block, Loader loader) {
        boolean loaded = false;
        try {
            loader.load(block.address());
            loaded = true;
        } catch (DeviceMemoryException e) {
            return false;
        } finally {
            if (!loaded) {
                block.close();
            }
        }
        return true;
    }

    private DeviceMemory.@Nullable Block room(Key key, long size) {
        freeDead();
        long since = missed.getOrDefault(key, 0L);
        long idle = blocks.values()
                .stream()
                .filter(resident -> resident.leases == 0 && resident.used < since)
                .mapToLong(resident -> resident.block.size())
                .sum();
        if (bytes - idle + size > budget) {
            return null;
        }
        while (bytes + size > budget) {
            evict();
        }
        while (true) {
            try {
                return memory.allocate(size);
            } catch (DeviceMemoryException e) {
                if (!evict()) {
                    return null;
                }
            }
        }
    }

    private void freeDead() {
        blocks.entrySet().removeIf(entry -> {
            boolean dead = !entry.getKey().isAlive() && entry.getValue().leases == 0;
            if (dead) {
                free(entry.getValue());
            }
            return dead;
        });
    }

    /** Memory for work that cannot wait: what could be loaded again gives way. */
    DeviceMemory.Block allocate(long size) throws DeviceMemoryException {
        while (true) {
            try {
                return memory.allocate(size);
            } catch (DeviceMemoryException e) {
                if (!evict()) {
                    throw e;
                }
            }
        }
    }

    /** Frees the least recently used block that nobody uses; false if there is none. */
    synchronized boolean evict() {
        for (Iterator<Map.Entry<Key, Resident>> i = blocks.entrySet().iterator(); i.hasNext();) {
            Resident resident = i.next().getValue();
            if (resident.leases == 0) {
                i.remove();
                free(resident);
                evictions++;
                return true;
            }
        }
        return false;
    }

    private void free(Resident resident) {
        bytes -= resident.block.size();
        resident.block.close();
    }

    synchronized long bytes() {
        return bytes;
    }

    /** How many blocks made room for others. */
    synchronized long evictions() {
        return evictions;
    }

    @Override
    public synchronized void close() {
        blocks.values().forEach(this::free);
        blocks.clear();
        missed.clear();
    }
}
