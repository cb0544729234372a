package io.mendel.merge.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Host memory that a device writes without a detour. */
final class LockedRanges implements AutoCloseable {

    private static final long PAGE = 4096;

    private final Device device;
    private final NavigableMap<Long, MemorySegment> ranges = new ConcurrentSkipListMap<>();

    LockedRanges(Device device) {
        this.device = device;
    }

    /** Whether all of a segment is locked. */
    boolean holds(MemorySegment memory) {
        if (!memory.isNative()) {
            return false;
        }
        Map.Entry<Long, MemorySegment> below = ranges.floorEntry(memory.address());
        return below != null && memory.address() + memory.byteSize() <= below.getKey()
                + below.getValue().byteSize();
    }

    /** An arena that locks what it allocates, if the host lets it. */
    Arena arena() {
        return new LockedArena();
    }

    private final class LockedArena implements Arena {
        private final Arena arena = Arena.ofShared();
        private final List<MemorySegment> locked = new ArrayList<>();

        @Override
        public synchronized MemorySegment allocate(long byteSize, long byteAlignment) {
            MemorySegment memory = arena.allocate(Math.max(1, byteSize),
                    Math.max(PAGE, byteAlignment));
            try {
                device.lock(memory);
                ranges.put(memory.address(), memory);
                locked.add(memory);
            } catch (DeviceMemoryException e) {
                // Not locked, only slower.
                return memory.asSlice(0, byteSize);
            }
            return memory.asSlice(0, byteSize);
        }

        @Override
        public MemorySegment.Scope scope() {
            return arena.scope();
        }

        @Override
        public synchronized void close() {
            for (MemorySegment memory : locked) {
                ranges.remove(memory.address());
                device.unlock(memory);
            }
            locked.clear();
            arena.close();
        }
    }

    @Override
    public void close() {
        if (!ranges.isEmpty()) {
            throw new DeviceException(
                    "%d pieces of locked memory of %s were not given back.".formatted(ranges.size(),
                            device.name()));
        }
    }
}
