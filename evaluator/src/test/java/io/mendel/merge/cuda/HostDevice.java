package io.mendel.merge.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A device made of the processor: the same kernels, compiled as C++.
 *
 * <p>
 * Streams do their work as late as they may, when they are waited for: what is overwritten or freed too early shows.
 * Memory is limited, and checked like a debugger would.
 */
final class HostDevice implements Device {

    private final @Nullable KernelLibrary library;
    private final long capacity;
    private final TreeMap<Long, Allocation> allocations = new TreeMap<>();
    private final TreeMap<Long, Long> locked = new TreeMap<>();
    private final Map<String, Integer> launches = new HashMap<>();
    private final Set<HostStream> streams = ConcurrentHashMap.newKeySet();
    private long used;
    private long uploaded;
    private boolean closed;

    private record Allocation(Arena arena, MemorySegment memory) {}

    HostDevice(@Nullable KernelLibrary library, long capacity) {
        this.library = library;
        this.capacity = capacity;
    }

    @Override
    public String name() {
        return "host";
    }

    @Override
    public synchronized long freeBytes() {
        return capacity - used;
    }

    @Override
    // Freed by address.
    @SuppressWarnings("MustBeClosedChecker")
    public synchronized long allocate(long bytes) throws DeviceMemoryException {
        if (used + bytes > capacity) {
            throw new DeviceMemoryException(bytes, name());
        }
        Arena arena = Arena.ofShared();
        // Garbage, as on a GPU.
        MemorySegment memory = arena.allocate(bytes, 256).fill((byte) 0x7e);
        allocations.put(memory.address(), new Allocation(arena, memory));
        used += bytes;
        return memory.address();
    }

    @Override
    public synchronized void free(long address) {
        Allocation allocation = allocations.remove(address);
        if (allocation == null) {
            throw new IllegalStateException("Freed twice, or never allocated.");
        }
        used -= allocation.memory().byteSize();
        allocation.arena().close();
    }

    /** Takes memory away, as another process does. */
    synchronized void occupy(long bytes) {
        used += bytes;
    }

    @Override
    public synchronized void lock(MemorySegment memory) {
        if (locked.put(memory.address(), memory.byteSize()) != null) {
            throw new IllegalStateException("Locked twice.");
        }
    }

    @Override
    public synchronized void unlock(MemorySegment memory) {
        if (locked.remove(memory.address()) == null) {
            throw new IllegalStateException("Not locked.");
        }
    }

    private synchronized void requireLocked(MemorySegment memory) {
        var range = locked.floorEntry(memory.address());
        if (range == null || range.getKey() + range.getValue() < memory.address()
                + memory.byteSize()) {
            throw new IllegalStateException("A stream copies from or to locked memory only.");
        }
    }

    private synchronized MemorySegment at(long address, long bytes) {
        var allocation = allocations.floorEntry(address);
        if (allocation == null) {
            throw new IllegalStateException("Not device memory.");
        }
        return allocation.getValue().memory().asSlice(address - allocation.getKey(), bytes);
    }

    private synchronized void count(long bytes) {
        uploaded += bytes;
    }

    /** Bytes copied to the device so far. */
    synchronized long uploaded() {
        return uploaded;
    }

    synchronized int launches(String kernel) {
        return launches.getOrDefault(kernel, 0);
    }

    /** Pieces of memory in use. */
    synchronized int pieces() {
        return allocations.size() + locked.size() + streams.size();
    }

    @Override
    public Stream stream() {
        var stream = new HostStream();
        streams.add(stream);
        return stream;
    }

    private final class HostStream implements Stream {
        private final Queue<Runnable> work = new ArrayDeque<>();

        @Override
        public void upload(MemorySegment source, long address) {
            requireLocked(source);
            count(source.byteSize());
            work.add(() -> at(address, source.byteSize()).copyFrom(source));
        }

        @Override
        public void download(long address, MemorySegment target) {
            requireLocked(target);
            work.add(() -> target.copyFrom(at(address, target.byteSize())));
        }

        @Override
        public void clear(long address, long bytes) {
            work.add(() -> at(address, bytes).fill((byte) 0));
        }

        @Override
        public void launch(Kernel kernel, int threads, MemorySegment parameters) {
            Arena arena = Arena.ofAuto();
            MemorySegment copy = arena.allocate(parameters.byteSize(), 8).copyFrom(parameters);
            // Whole blocks, as on a GPU.
            int all = (threads + Kernel.BLOCK - 1) / Kernel.BLOCK * Kernel.BLOCK;
            work.add(() -> {
                synchronized (HostDevice.this) {
                    launches.merge(kernel.name(), 1, Integer::sum);
                    if (library == null || !library.launch(kernel.name(), all, copy)) {
                        throw new IllegalStateException("No kernel " + kernel.name());
                    }
                }
            });
        }

        @Override
        public void await() {
            for (Runnable next = work.poll(); next != null; next = work.poll()) {
                next.run();
            }
        }

        @Override
        public void close() {
            if (!work.isEmpty() || !streams.remove(this)) {
                throw new IllegalStateException("Closed too early, or twice.");
            }
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        if (closed || pieces() > 0) {
            throw new IllegalStateException(pieces() + " pieces left.");
        }
        closed = true;
    }
}
