package io.mendel.checkpoint;

import static io.mendel.checkpoint.NativeMemory.MEMORY;

import io.mendel.checkpoint.CheckpointException.Kind;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;

/**
 * Looks for NaN and infinities in mapped tensors.
 *
 * <p>
 * An element is one of them iff all its exponent bits are set. That is tested on eight bytes at a time: the lowest
 * exponent bit is added to the masked exponents, and only a full exponent carries into its sign bit. The speed is that
 * of memory, without unpacking half precision. Data are read by address, see {@link NativeMemory}.
 *
 * @since 0.1
 */
public final class Finiteness {

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Words that are tested at a time; they fit the first-level cache. */
    private static final int WORDS = 1 << 11;

    /** So few words that Java compiles the test as a whole, not from within its loop. */
    private static final int WARM_UP_WORDS = 1 << 5;
    private static final int WARM_UP_ROUNDS = 100;

    private Finiteness() {}

    /** Exercises the test until Java has compiled it. */
    static void warmUp() {
        try (Arena arena = Arena.ofConfined()) {
            long zeros = arena.allocate(WORD, WARM_UP_WORDS).address();
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                holdsFull(zeros, WARM_UP_WORDS, 0x7f80_7f80_7f80_7f80L, 0x0080_0080_0080_0080L);
            }
        }
    }

    static void require(Path directory, Collection<Tensor> tensors) throws CheckpointException {
        // Ordered findFirst: the tensor named does not depend on the threads.
        Optional<Tensor> first = tensors.parallelStream()
                .filter(tensor -> firstNonFinite(tensor) >= 0)
                .findFirst();
        if (first.isPresent()) {
            throw refusal(directory, first.get(), firstNonFinite(first.get()));
        }
    }

    static void require(Path directory, Tensor tensor) {
        long first = firstNonFinite(tensor);
        if (first >= 0) {
            throw new UnusableTensorException(refusal(directory, tensor, first));
        }
    }

    private static CheckpointException refusal(Path directory, Tensor tensor, long element) {
        return new CheckpointException(Kind.NOT_FINITE, directory,
                "All weights must be finite, but element %d of '%s' is NaN or infinite."
                        .formatted(element, tensor.info().name()),
                "The checkpoint is damaged or its training diverged; use another one.");
    }

    /**
     * Whether all elements are finite; integers always are.
     *
     * @param data open native memory
     * @param dtype the type of its elements
     */
    public static boolean holds(MemorySegment data, DType dtype) {
        return firstNonFinite(data, dtype) < 0;
    }

    /** Flat index of the first NaN or infinity, or -1. */
    static long firstNonFinite(Tensor tensor) {
        return firstNonFinite(tensor.data(), tensor.info().dtype());
    }

    private static long firstNonFinite(MemorySegment data, DType dtype) {
        return switch (dtype) {
            case F64 -> first(data, 64, 0x7ff0_0000_0000_0000L, 0x0010_0000_0000_0000L);
            case F32 -> first(data, 32, 0x7f80_0000_7f80_0000L, 0x0080_0000_0080_0000L);
            case F16 -> first(data, 16, 0x7c00_7c00_7c00_7c00L, 0x0400_0400_0400_0400L);
            case BF16 -> first(data, 16, 0x7f80_7f80_7f80_7f80L, 0x0080_0080_0080_0080L);
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> -1;
        };
    }

    /** Without a way out of the loop, so that the compiler makes vectors of it. */
    private static boolean holdsFull(long address, int words, long exponents, long lowest) {
        long full = 0;
        for (int i = 0; i < words; i++) {
            full |= (MEMORY.get(WORD, address + (long) Long.BYTES * i) & exponents) + lowest;
        }
        return (full & (exponents + lowest)) != 0;
    }

    private static long first(MemorySegment data, int bits, long exponents, long lowest) {
        if (!data.isNative() || !data.scope().isAlive()) {
            throw new IllegalStateException("The data of a tensor must be open native memory.");
        }
        try {
            return first(data.address(), data.byteSize(), bits, exponents, lowest);
        } finally {
            Reference.reachabilityFence(data);
        }
    }

    private static long first(long address, long size, int bits, long exponents, long lowest) {
        long signs = exponents + lowest;
        long whole = size & -Long.BYTES;
        long clean = 0;
        while (clean < whole) {
            int words = (int) Math.min(WORDS, (whole - clean) / Long.BYTES);
            if (holdsFull(address + clean, words, exponents, lowest)) {
                break;
            }
            clean += (long) words * Long.BYTES;
        }
        for (long i = clean; i < whole; i += Long.BYTES) {
            long full = ((MEMORY.get(WORD, address + i) & exponents) + lowest) & signs;
            if (full != 0) {
                return (i * 8 + Long.numberOfTrailingZeros(full)) / bits;
            }
        }
        long rest = 0;
        for (long i = whole; i < size; i++) {
            rest |= (MEMORY.get(ValueLayout.JAVA_BYTE, address + i) & 0xffL) << (8 * (i - whole));
        }
        long full = ((rest & exponents) + lowest) & signs;
        return full == 0 ? -1 : (whole * 8 + Long.numberOfTrailingZeros(full)) / bits;
    }
}
