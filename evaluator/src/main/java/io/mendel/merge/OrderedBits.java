package io.mendel.merge;

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

    /** Passes all of them, in order, on the caller's thread; may be called again. */
    void forEachBlock(Pass pass);
}
