package io.mendel.merge.cuda;

import io.mendel.checkpoint.DType;
import io.mendel.merge.Keep;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes the structures that kernels take; offsets are those of the sources, which assert their sizes. */
final class Parameters {

    static final int ELEMENTS = 16;
    static final int KEEP = 64;
    static final long GAMMA = 0x9E37_79B9_7F4A_7C15L;

    private static final int ALL = 0;
    private static final int LARGEST = 1;
    private static final int BAND = 2;
    private static final int RANDOM = 3;
    private static final int LISTED = 4;
    private static final int DRAW_BITS = 53;

    private final MemorySegment memory;

    Parameters(Arena arena, long bytes) {
        this.memory = arena.allocate(bytes, 8);
    }

    MemorySegment memory() {
        return memory;
    }

    Parameters put(long offset, long value) {
        memory.set(ValueLayout.JAVA_LONG, offset, value);
        return this;
    }

    Parameters put(long offset, int value) {
        memory.set(ValueLayout.JAVA_INT, offset, value);
        return this;
    }

    Parameters put(long offset, float value) {
        memory.set(ValueLayout.JAVA_FLOAT, offset, value);
        return this;
    }

    Parameters put(long offset, double value) {
        memory.set(ValueLayout.JAVA_DOUBLE, offset, value);
        return this;
    }

    /** A run of elements. */
    Parameters elements(long offset, long address, DType type) {
        return put(offset, address).put(offset + 8, code(type));
    }

    static int code(DType type) {
        return switch (type) {
            case F32 -> 0;
            case BF16 -> 1;
            case F16 -> 2;
            case F64 -> 3;
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL ->
                throw new IllegalArgumentException("Not floating-point: " + type);
        };
    }

    /**
     * What is kept of a run; bits that list it are staged in the slot.
     *
     * @param first flat index of the run's first element
     * @param count elements of the run
     */
    Parameters keep(long offset, Keep keep, long first, int count, Slot slot) {
        return switch (keep) {
            case Keep.All() -> put(offset, ALL);
            case Keep.Largest largest -> put(offset, LARGEST).largest(offset + 4, largest, first,
                    count);
            case Keep.Band(Keep.Largest outer, Keep.Largest dropped) ->
                put(offset, BAND).largest(offset + 4, outer, first, count)
                        .largest(offset + 12, dropped, first, count);
            case Keep.Random(long key, long limit) -> limit >>> DRAW_BITS != 0
                    ? put(offset, ALL)
                    : put(offset, RANDOM).put(offset + 24, key + (first + 1) * GAMMA)
                            .put(offset + 32, limit << (Long.SIZE - DRAW_BITS));
            case Keep.Listed listed -> {
                MemorySegment bytes = bytes(listed, first, count);
                yield put(offset, LISTED)
                        .list(offset, bytes.byteSize() == 0 ? 0 : slot.put(bytes), bytes.byteSize(),
                                (first - listed.firstIndex()) & 63);
            }
        };
    }

    /** Bits that are on the device. */
    Parameters listed(long offset, long address, long bytes, long firstBit) {
        return put(offset, LISTED).list(offset, address, bytes, firstBit);
    }

    private Parameters list(long offset, long address, long bytes, long firstBit) {
        return put(offset + 40, address).put(offset + 48, bytes).put(offset + 56, firstBit);
    }

    private Parameters largest(long offset, Keep.Largest largest, long first, int count) {
        return put(offset, largest.bits())
                .put(offset + 4, Math.clamp(largest.cut() - first, 0, count));
    }

    /** What {@link #keep} stages. */
    static long room(Keep keep, long first, int count) {
        return keep instanceof Keep.Listed listed
                ? Slot.room(bytes(listed, first, count).byteSize())
                : 0;
    }

    /** The words that hold the bits of a run; those behind the last word are 0 and not there. */
    private static MemorySegment bytes(Keep.Listed listed, long first, int count) {
        long word = (first - listed.firstIndex()) >>> 6;
        long end = ((first - listed.firstIndex() + count) >>> 6) + 1;
        long last = Math.min(end, listed.bits().length);
        MemorySegment words = MemorySegment.ofArray(listed.bits());
        return last <= word
                ? words.asSlice(0, 0)
                : words.asSlice(word * Long.BYTES, (last - word) * Long.BYTES);
    }
}
