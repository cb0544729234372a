package io.mendel.merge;

import org.jspecify.annotations.Nullable;

/** Numbers of which none is negative, as fp32 bit patterns, which are ordered as the numbers are; NaN is the largest. */
interface OrderedBits {

    /** Receives one block. */
    @FunctionalInterface
    interface Pass {
        /** The first {@code count} entries of {@code bits} belong to the elements from {@code firstIndex} on. */
        void block(int[] bits, int count, long firstIndex);
    }

    /** How many there are. */
    long elements();

    /** Counts them on a device; null if there is none. */
    default @Nullable MagnitudeCounter counter() {
        return null;
    }

    /** The index behind the {@code wanted}th of those that equal {@code pattern}, counted from {@code first} on. */
    default long endOf(int pattern, long wanted, long first) {
        throw new IllegalStateException("Only asked for where a device counts.");
    }

    /** Passes all of them, in order, on the caller's thread; may be called again. */
    void forEachBlock(Pass pass);
}
