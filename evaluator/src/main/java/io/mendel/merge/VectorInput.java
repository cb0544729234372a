package io.mendel.merge;

import static io.mendel.merge.VectorMergeKernels.BLOCK;
import static io.mendel.merge.VectorMergeKernels.FLOATS;
import static io.mendel.merge.VectorMergeKernels.LANES;

import io.mendel.checkpoint.DType;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** Reads elements block by block as vectors of fp32: whole bf16 blocks from memory, others from a widened copy. */
final class VectorInput {

    private final Elements elements;
    private final MemorySegment data;
    private final float[] widened = new float[BLOCK];
    private boolean direct;
    private long offset;

    VectorInput(Elements elements) {
        this.elements = elements;
        this.data = elements.data();
    }

    /** Moves to the block of {@code length} elements from {@code from} on. */
    void moveTo(int from, int length) {
        direct = elements.dtype() == DType.BF16 && length % LANES == 0;
        offset = 2L * from;
        if (!direct) {
            VectorBlocks.widen(elements, from, length, widened);
        }
    }

    /** The vector that starts at element {@code index} of the block. */
    FloatVector load(int index) {
        return direct
                ? VectorBlocks.loadBfloat16(data, offset + 2L * index)
                : FloatVector.fromArray(FLOATS, widened, index);
    }
}
