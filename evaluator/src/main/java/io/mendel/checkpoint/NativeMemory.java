package io.mendel.checkpoint;

import java.lang.foreign.MemorySegment;

/**
 * All native memory as one segment, for loops that read gigabytes.
 *
 * @since 0.1
 */
public final class NativeMemory {

    /**
     * What such loops read and write, by address: segments are of different classes (mapped or not, with a life of their
     * own or not), and Java would compile a branch for each into every access, and give up on large loops. Nothing
     * checks these addresses: whoever calls such a loop has to, and keeps the segments alive.
     */
    @SuppressWarnings("restricted")
    public static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private NativeMemory() {}
}
