package io.mendel.checkpoint;

import java.lang.foreign.MemorySegment;

/**
 * The weights of a model that is exported, some of which may be the same.
 *
 * @since 0.1
 */
public interface ExportWeights {

    /**
     * How a tensor follows from stored elements: they are divided by {@code divisor}, in fp32, and then rounded.
     *
     * @param identity equal for tensors whose stored elements are the same
     * @param dtype the type of the stored elements: F32, F16 or BF16
     * @param divisor finite and above 0, mostly 1
     * @param rounded the type to which the result is rounded: F32, F16 or BF16
     */
    record Stored(String identity, DType dtype, float divisor, DType rounded) {}

    /** Receives a run of bytes. */
    @FunctionalInterface
    interface Sink {
        /** Takes the bytes that follow those taken before; they are gone afterwards. */
        void accept(MemorySegment bytes) throws CheckpointException;
    }

    /**
     * How a tensor is stored.
     *
     * @param tensor its name in the checkpoint
     * @throws IllegalArgumentException if there is no such tensor of floating-point numbers
     */
    Stored stored(String tensor);

    /**
     * Hands out the stored elements of a tensor, in C order, little endian.
     *
     * @param tensor its name in the checkpoint
     * @throws CheckpointException if the sink throws it
     */
    void read(String tensor, Sink sink) throws CheckpointException;
}
