package io.mendel.merge;

import static io.mendel.checkpoint.NativeMemory.MEMORY;
import static io.mendel.merge.Bfloat16Delta.INFINITY_BITS;
import static io.mendel.merge.Bfloat16Delta.MAGNITUDE;
import static io.mendel.merge.Bfloat16Merge.HIGH;
import static io.mendel.merge.Bfloat16Merge.PAIRS;
import static io.mendel.merge.VectorMergeKernels.LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.ref.Reference;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * Counts magnitudes of the difference of two bf16 models, in one loop from memory; see {@link Bfloat16Merge}.
 *
 * <p>
 * Comparisons of whole vectors tell what is above a range and whether anything is inside; only then lanes are looked at
 * one by one.
 */
final class Bfloat16Count {

    private Bfloat16Count() {}

    /** How many elements can be counted here, from the first on. */
    static int takes(Elements base, Elements model, MagnitudeRange range) {
        // NaN, which has many bits, is above.
        return Bfloat16Merge.isBfloat16(base) && Bfloat16Merge.isBfloat16(model)
                && range.end() <= INFINITY_BITS + 1L
                        ? base.count() - base.count() % (2 * LANES)
                        : 0;
    }

    /** Counts the first {@code count} elements, as {@link MergeKernels#count}. */
    static long of(Elements base, Elements model, int count, MagnitudeRange range, int[] cells) {
        long bases = base.data().address();
        long models = model.data().address();
        int last = (int) (range.end() - 1);
        try {
            if (range.cells() > 1) {
                return range(bases, models, 2 * count, range.first(), last, range.shift(), cells);
            }
            long counts = one(bases, models, 2 * count, last);
            cells[0] += (int) counts;
            return counts >>> Integer.SIZE;
        } finally {
            Reference.reachabilityFence(base);
            Reference.reachabilityFence(model);
        }
    }

    /** How many magnitudes equal one, in the lower half, and how many are above it. */
    private static long one(long base, long model, int bytes, int bits) {
        // Not vectors: what goes round a loop has no exact class when Java compiles it early, and would stay a call.
        int above = 0;
        int equal = 0;
        for (int at = 0; at < bytes; at += 4 * LANES) {
            IntVector pairBase = IntVector.fromMemorySegment(PAIRS, MEMORY, base + at,
                    LITTLE_ENDIAN);
            IntVector pair = IntVector.fromMemorySegment(PAIRS, MEMORY, model + at, LITTLE_ENDIAN);
            IntVector even = pair.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .sub(pairBase.lanewise(LSHL, 16).reinterpretAsFloats())
                    .reinterpretAsInts()
                    .and(MAGNITUDE);
            IntVector odd = pair.and(HIGH)
                    .reinterpretAsFloats()
                    .sub(pairBase.and(HIGH).reinterpretAsFloats())
                    .reinterpretAsInts()
                    .and(MAGNITUDE);
            above += even.compare(GT, bits).trueCount() + odd.compare(GT, bits).trueCount();
            equal += even.compare(EQ, bits).trueCount() + odd.compare(EQ, bits).trueCount();
        }
        return ((long) above << Integer.SIZE) | equal;
    }

    private static long range(long base, long model, int bytes, int first, int last, int shift,
            int[] cells) {
        int[] lanes = new int[2 * LANES];
        int below = first - 1;
        int above = 0;
        for (int at = 0; at < bytes; at += 4 * LANES) {
            IntVector pairBase = IntVector.fromMemorySegment(PAIRS, MEMORY, base + at,
                    LITTLE_ENDIAN);
            IntVector pair = IntVector.fromMemorySegment(PAIRS, MEMORY, model + at, LITTLE_ENDIAN);
            IntVector even = pair.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .sub(pairBase.lanewise(LSHL, 16).reinterpretAsFloats())
                    .reinterpretAsInts()
                    .and(MAGNITUDE);
            IntVector odd = pair.and(HIGH)
                    .reinterpretAsFloats()
                    .sub(pairBase.and(HIGH).reinterpretAsFloats())
                    .reinterpretAsInts()
                    .and(MAGNITUDE);
            VectorMask<Integer> evenAbove = even.compare(GT, last);
            VectorMask<Integer> oddAbove = odd.compare(GT, last);
            above += evenAbove.trueCount() + oddAbove.trueCount();
            if (even.compare(GT, below)
                    .andNot(evenAbove)
                    .or(odd.compare(GT, below).andNot(oddAbove))
                    .anyTrue()) {
                even.intoArray(lanes, 0);
                odd.intoArray(lanes, LANES);
                for (int bits : lanes) {
                    if (bits >= first && bits <= last) {
                        cells[(bits - first) >>> shift]++;
                    }
                }
            }
        }
        return above;
    }
}
