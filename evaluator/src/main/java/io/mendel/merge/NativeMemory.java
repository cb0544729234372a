package io.mendel.merge;

import java.lang.foreign.MemorySegment;

/** All native memory as one segment. */
final class NativeMemory {

    /**
     * What loops on vectors read and write, by address: segments are of different classes (mapped or not, with a life
     * of their own or not), and Java would compile a branch for each into every access, and give up on large loops.
     * Whoever calls such a loop keeps the segments alive.
     */
    @SuppressWarnings("restricted")
    static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private NativeMemory() {}
}
