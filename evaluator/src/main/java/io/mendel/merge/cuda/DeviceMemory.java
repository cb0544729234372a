package io.mendel.merge.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;

/**
 * Memory of a device, and locked memory of the host, every piece of which is accounted for.
 *
 * <p>
 * Thread-safe. Closing it fails if something was not given back.
 */
final class DeviceMemory implements AutoCloseable {

    private final Device device;
    private final long budget;
    private final Set<AutoCloseable> open = new HashSet<>();
    private long bytes;

    /**
     * Begins with nothing allocated.
     *
     * @param budget most bytes of device memory
     */
    DeviceMemory(Device device, long budget) {
        this.device = device;
        this.budget = budget;
    }

    /** Device memory. */
    final class Block implements AutoCloseable {
        private final long address;
        private final long size;

        private Block(long address, long size) {
            this.address = address;
            this.size = size;
        }

        long address() {
            return address;
        }

        long size() {
            return size;
        }

        @Override
        public void close() {
            if (forget(this, size)) {
                device.free(address);
            }
        }
    }

    /** Locked host memory. */
    final class Locked implements AutoCloseable {
        private final Arena arena;
        private final MemorySegment memory;

        private Locked(Arena arena, MemorySegment memory) {
            this.arena = arena;
            this.memory = memory;
        }

        MemorySegment memory() {
            return memory;
        }

        @Override
        public void close() {
            if (forget(this, 0)) {
                device.unlock(memory);
                arena.close();
            }
        }
    }

    long budget() {
        return budget;
    }

    /** Allocates at least one byte of device memory. */
    Block allocate(long size) throws DeviceMemoryException {
        long rounded = Math.max(1, size);
        synchronized (this) {
            if (bytes + rounded > budget) {
                throw new DeviceMemoryException(rounded,
                        "The budget of " + device.name() + " (" + budget + " bytes)");
            }
            bytes += rounded;
        }
        try {
            Block block = new Block(device.allocate(rounded), rounded);
            remember(block);
            return block;
        } catch (DeviceMemoryException e) {
            synchronized (this) {
                bytes -= rounded;
            }
            throw e;
        }
    }

    /** Allocates host memory and locks it. */
    // The arena is closed with what is returned.
    @SuppressWarnings("MustBeClosedChecker")
    Locked lock(long size) throws DeviceMemoryException {
        Arena arena = Arena.ofShared();
        MemorySegment memory;
        try {
            memory = arena.allocate(Math.max(1, size), 4096);
            device.lock(memory);
        } catch (DeviceMemoryException | DeviceException e) {
            arena.close();
            throw e;
        }
        Locked locked = new Locked(arena, memory);
        remember(locked);
        return locked;
    }

    private synchronized void remember(AutoCloseable piece) {
        open.add(piece);
    }

    private synchronized boolean forget(AutoCloseable piece, long size) {
        boolean known = open.remove(piece);
        bytes -= known ? size : 0;
        return known;
    }

    /** Bytes of device memory in use. */
    synchronized long bytes() {
        return bytes;
    }

    /** Pieces in use, of device and host. */
    synchronized int pieces() {
        return open.size();
    }

    @Override
    public synchronized void close() {
        if (!open.isEmpty()) {
            throw new DeviceException(
                    "%d pieces of memory of %s were not given back (%d bytes of the device)."
                            .formatted(open.size(), device.name(), bytes));
        }
    }
}
