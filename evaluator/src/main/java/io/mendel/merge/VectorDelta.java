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
        this.input = new VectorInput(delta.model());
        this.keep = delta.keep();
        this.factor = delta.factor();
    }

    /**
     * Moves to a block.
     *
     * @param base the base, already there
     * @param from the block's first element in the run
     * @param index its flat index in the tensor
     * @param length its number of elements
     */
    void moveTo(VectorInput base, int from, long index, int length) {
        input.moveTo(from, length);
        if (keep instanceof Keep.Largest largest) {
            // Before the cut ties survive, behind it they do not; the block with the cut inside needs a mask, and so
            // does a threshold that is NaN, because no float compares with NaN.
            long cut = largest.cut();
            int threshold = cut <= index ? largest.bits() + 1 : largest.bits();
            masked = (cut > index && cut < index + length) || threshold > INFINITY_BITS;
            smallest = Float.intBitsToFloat(threshold);
            if (masked) {
                maskTies(base, length, largest.bits(), Math.clamp(cut - index, 0, length));
            }
        } else if (keep instanceof Keep.Band(Keep.Largest outer, Keep.Largest dropped)) {
            moveTo(base, outer, dropped, index, length);
        } else if (keep instanceof Keep.Listed listed) {
            masked = true;
            for (int word = 0; word * Long.SIZE < length; word++) {
                kept[word] = listed.word(index + (long) word * Long.SIZE);
            }
        } else if (keep instanceof Keep.Random mask) {
            masked = true;
            VectorMasks.draw(mask, index, length, kept);
        }
    }

    /** As with one threshold, but with two. */
    private void moveTo(VectorInput base, Keep.Largest outer, Keep.Largest dropped, long index,
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

    private void maskTies(VectorInput base, int length, int bits, int cut) {
        int[] magnitudes = new int[BLOCK];
        for (int i = 0; i < length; i += LANES) {
            VectorBlocks.magnitude(input.load(i).sub(base.load(i))).intoArray(magnitudes, i);
        }
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

    /** {@code (x - origin) · factor} for the vector at {@code index}. */
    FloatVector loadWhole(int index, FloatVector origin) {
        return input.load(index).sub(origin).mul(factor);
    }

    /** Whether a mask tells what is kept of the block, or two comparisons, and not one. */
    boolean isMasked() {
        return masked || keep instanceof Keep.Band;
    }

    /** Writes the weighted deltas of three parents without masks to three rows, and the base to {@code origin}. */
    static void writeThree(VectorInput base, VectorDelta a, VectorDelta b, VectorDelta c,
            int length, float[] origin,
            float[] rows, int stride) {
        float smallestA = a.smallest;
        float smallestB = b.smallest;
        float smallestC = c.smallest;
        float factorA = a.factor;
        float factorB = b.factor;
        float factorC = c.factor;
        VectorInput inputA = a.input;
        VectorInput inputB = b.input;
        VectorInput inputC = c.input;
        for (int i = 0; i < length; i += LANES) {
            FloatVector start = base.load(i);
            start.intoArray(origin, i);
            FloatVector delta = inputA.load(i).sub(start);
            delta.mul(factorA)
                    .blend(-0.0f, delta.abs().compare(VectorOperators.LT, smallestA))
                    .intoArray(rows, i);
            delta = inputB.load(i).sub(start);
            delta.mul(factorB)
                    .blend(-0.0f, delta.abs().compare(VectorOperators.LT, smallestB))
                    .intoArray(rows,
                            stride + i);
            delta = inputC.load(i).sub(start);
            delta.mul(factorC)
                    .blend(-0.0f, delta.abs().compare(VectorOperators.LT, smallestC))
                    .intoArray(rows,
                            2 * stride + i);
        }
    }

    /** Writes {@code keep(x - base) · factor} to a row of {@code rows}, −0 where nothing is kept. */
    void write(float[] base, int length, float[] rows, int row) {
        if (masked) {
            writeMasked(base, length, rows, row);
        } else if (keep instanceof Keep.Band) {
            writeBand(base, length, rows, row);
        } else {
            writeLargest(base, length, rows, row);
        }
    }

    private void writeMasked(float[] base, int length, float[] rows, int row) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector delta = input.load(i).sub(FloatVector.fromArray(FLOATS, base, i));
            var dropped = VectorMask.fromLong(FLOATS, ~kept[i / Long.SIZE] >>> i);
            delta.mul(factor).blend(-0.0f, dropped).intoArray(rows, row + i);
        }
    }

    private void writeBand(float[] base, int length, float[] rows, int row) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector delta = input.load(i).sub(FloatVector.fromArray(FLOATS, base, i));
            FloatVector magnitude = delta.abs();
            // NaN is larger than anything, so it is dropped.
            var kept = magnitude.compare(VectorOperators.LT, tooLarge)
                    .andNot(magnitude.compare(VectorOperators.LT, smallest));
            delta.mul(factor).blend(-0.0f, kept.not()).intoArray(rows, row + i);
        }
    }

    private void writeLargest(float[] base, int length, float[] rows, int row) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector delta = input.load(i).sub(FloatVector.fromArray(FLOATS, base, i));
            // NaN is not less than anything, so it survives.
            var dropped = delta.abs().compare(VectorOperators.LT, smallest);
            delta.mul(factor).blend(-0.0f, dropped).intoArray(rows, row + i);
        }
    }
}
