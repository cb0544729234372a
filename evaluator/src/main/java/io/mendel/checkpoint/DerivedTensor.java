package io.mendel.checkpoint;

import java.lang.foreign.MemorySegment;

/**
 * A tensor that is computed from other tensors instead of mapped from a file.
 *
 * <p>
 * Implementations are thread-safe, and a run of rows does not depend on how the tensor is cut into runs.
 *
 * @since 0.1
 */
public interface DerivedTensor {

    /** Name, element type and shape of the result. */
    TensorInfo info();

    /**
     * Identifies the content without computing it: what is derived, how, and from which content. Two derivations with
     * one fingerprint have one result.
     */
    String fingerprint();

    /**
     * Computes consecutive rows; a row is what one index of the outermost dimension selects, all of it if the tensor
     * is a scalar.
     *
     * @param firstRow the first row
     * @param target receives whole rows in C order, little endian, as the type of {@link #info()}; at any address
     */
    void compute(long firstRow, MemorySegment target);
}
