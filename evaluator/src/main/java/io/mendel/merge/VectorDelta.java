package io.mendel.merge;

import static io.mendel.merge.VectorMergeKernels.BLOCK;
import static io.mendel.merge.VectorMergeKernels.FLOATS;
import static io.mendel.merge.VectorMergeKernels.LANES;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** A parent's sparsified, weighted delta, block by block. */
final class VectorDelta {

    private static final int INFINITY_BITS = 0x7f80_0000;

    private final VectorInput input;
    private final Keep keep;
    private final float factor;
    private final long[] kept = new long[BLOCK / Long.SIZE];
    private boolean masked;
    private float smallest;
    private float tooLarge;

    VectorDelta(WeightedDelta delta) {
        this(delta.model(), delta.keep(), delta.factor());
    }

    VectorDelta(Elements model, Keep keep, float factor) {
        this.input = new VectorInput(model);
        this.keep = keep;
        this.factor = factor;
    }

    /**
     * Moves to a block.
     *
     * @param base the base's block
     * @param from the block's first element in the run
     * @param index its flat index in the tensor
     * @param length its number of elements
     */
    void moveTo(float[] base, int from, long index, int length) {
        input.load(from, length);
        switch (keep) {
            case Keep.All all -> {
            }
            case Keep.Largest largest -> {
                // Before the cut ties survive, behind it they do not; the block with the cut inside needs a mask, and
                // so does a threshold that is NaN, because no float compares with NaN.
                long cut = largest.cut();
                int threshold = cut <= index ? largest.bits() + 1 : largest.bits();
                masked = (cut > index && cut < index + length) || threshold > INFINITY_BITS;
                smallest = Float.intBitsToFloat(threshold);
                if (masked) {
                    maskTies(base, length, largest.bits(), Math.clamp(cut - index, 0, length));
                }
            }
            case Keep.Random mask -> {
                masked = true;
                VectorMasks.draw(mask, index, length, kept);
            }
            case Keep.Listed listed -> {
                masked = true;
                listed.copyTo(kept, index, length);
            }
            case Keep.Band(Keep.Largest outer, Keep.Largest dropped) ->
                moveTo(base, outer, dropped, index, length);
        }
    }

    /** As with one threshold, but with two. */
    private void moveTo(float[] base, Keep.Largest outer, Keep.Largest dropped, long index,
            int length) {
        smallest = Float.intBitsToFloat(threshold(outer, index));
        tooLarge = Float.intBitsToFloat(threshold(dropped, index));
        masked = needsMask(outer, index, length) || needsMask(dropped, index, length);
        if (masked) {
            maskTies(base, length, dropped.bits(), Math.clamp(dropped.cut() - index, 0, length));
            long[] without = kept.clone();
            maskTies(base, length, outer.bits(), Math.clamp(outer.cut() - index, 0, length));
            for (int word = 0; word < without.length; word++) {
                kept[word] &= ~without[word];
            }
        }
    }

    private static int threshold(Keep.Largest largest, long index) {
        return largest.cut() <= index ? largest.bits() + 1 : largest.bits();
    }

    private static boolean needsMask(Keep.Largest largest, long index, int length) {
        return (largest.cut() > index && largest.cut() < index + length)
                || threshold(largest, index) > INFINITY_BITS;
    }

    private void maskTies(float[] base, int length, int bits, int cut) {
        int[] magnitudes = new int[BLOCK];
        VectorBlocks.magnitudes(base, input.values(), length, magnitudes);
        Arrays.fill(kept, 0);
        for (int i = 0; i < length; i++) {
            if (magnitudes[i] > bits || (magnitudes[i] == bits && i < cut)) {
                kept[i / Long.SIZE] |= 1L << i;
            }
        }
    }

    /** Whether all of the block is kept. */
    boolean isWhole() {
        return !masked && smallest == 0 && !(keep instanceof Keep.Band);
    }

    /** Whether a mask tells what is kept of the block, or two comparisons, and not one. */
    boolean isMasked() {
        return masked || keep instanceof Keep.Band;
    }

    /** Unless it {@link #isMasked}, the block keeps what is not smaller than this: NaN, too. */
    float smallest() {
        return smallest;
    }

    /** Factor of the delta. */
    float factor() {
        return factor;
    }

    /** The parent's block. */
    float[] values() {
        return input.values();
    }

    /** Turns the parent's block into {@code keep(x - base) · factor}, −0 where nothing is kept. */
    void weigh(float[] base, int length) {
        if (masked) {
            weighMasked(base, values(), factor, kept, length);
        } else if (keep instanceof Keep.Band) {
            weighBand(base, values(), length);
        } else {
            weighLargest(base, values(), factor, smallest, length);
        }
    }

    private static void weighMasked(float[] base, float[] row, float factor, long[] kept,
            int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector delta = FloatVector.fromArray(FLOATS, row, i)
                    .sub(FloatVector.fromArray(FLOATS, base, i));
            var survives = VectorMask.fromLong(FLOATS, kept[i / Long.SIZE] >>> i);
            FloatVector.broadcast(FLOATS, -0.0f)
                    .blend(delta.mul(factor), survives)
                    .intoArray(row, i);
        }
    }

    private void weighBand(float[] base, float[] row, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector delta = FloatVector.fromArray(FLOATS, row, i)
                    .sub(FloatVector.fromArray(FLOATS, base, i));
            FloatVector magnitude = delta.abs();
            // NaN is larger than anything, so it is dropped.
            var survives = magnitude.compare(VectorOperators.LT, tooLarge)
                    .andNot(magnitude.compare(VectorOperators.LT, smallest));
            delta.mul(factor).blend(-0.0f, survives.not()).intoArray(row, i);
        }
    }

    private static void weighLargest(float[] base, float[] row, float factor, float smallest,
            int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector delta = FloatVector.fromArray(FLOATS, row, i)
                    .sub(FloatVector.fromArray(FLOATS, base, i));
            // NaN is not less than anything, so it survives.
            var dropped = delta.abs().compare(VectorOperators.LT, smallest);
            delta.mul(factor).blend(-0.0f, dropped).intoArray(row, i);
        }
    }

    /** Adds {@code |x - base|} of what is kept to sum i mod 8, in fp64. */
    void addMagnitudes(float[] base, int length, double[] sums) {
        weigh(base, length);
        VectorBlocks.addMagnitudes(values(), length, sums);
    }
}
