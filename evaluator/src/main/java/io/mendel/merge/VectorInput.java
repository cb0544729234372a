package io.mendel.merge;

import static io.mendel.merge.VectorMergeKernels.BLOCK;

/**
 * Reads elements block by block as fp32.
 *
 * <p>
 * Every input has an array of its own: the loops that combine them then see nothing but arrays, whatever the types are.
 */
final class VectorInput {

    private final float[] values = new float[BLOCK];
    private final short[] halves;
    private final Elements elements;

    VectorInput(Elements elements) {
        this.elements = elements;
        this.halves = VectorBlocks.scratch(elements.dtype());
    }

    /** The block of {@code length} elements from {@code from} on, padded with anything. */
    float[] load(int from, int length) {
        VectorBlocks.widen(elements, from, length, halves, values);
        return values;
    }

    /** The block that was loaded last. */
    float[] values() {
        return values;
    }
}
