package io.mendel.merge;

import static io.mendel.checkpoint.NativeMemory.MEMORY;
import static io.mendel.merge.Bfloat16Merge.HIGH;
import static io.mendel.merge.Bfloat16Merge.NAN;
import static io.mendel.merge.Bfloat16Merge.PAIRS;
import static io.mendel.merge.Bfloat16Merge.STEP;
import static io.mendel.merge.VectorMergeKernels.FLOATS;
import static io.mendel.merge.VectorMergeKernels.LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Combines a block of a bf16 base with three weighed deltas, {@link MergeKernels#mergeDeltas}, in the order of
 * {@link Bfloat16Merge}. Fewer deltas are filled up with −0, which is neutral.
 */
final class Bfloat16Consensus {

    private Bfloat16Consensus() {}

    /** Merges all of three models, which needs no rows in between. */
    static void sumWhole(long base, long a, long b, long c, float[] factors, float scale,
            long target, int bytes) {
        float factorA = factors[0];
        float factorB = factors[1];
        float factorC = factors[2];
        for (int at = 0; at < bytes; at += STEP) {
            IntVector pair = IntVector.fromMemorySegment(PAIRS, MEMORY, base + at, LITTLE_ENDIAN);
            IntVector pairA = IntVector.fromMemorySegment(PAIRS, MEMORY, a + at, LITTLE_ENDIAN);
            IntVector pairB = IntVector.fromMemorySegment(PAIRS, MEMORY, b + at, LITTLE_ENDIAN);
            IntVector pairC = IntVector.fromMemorySegment(PAIRS, MEMORY, c + at, LITTLE_ENDIAN);
            FloatVector start = pair.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector even = start.add(pairA.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .sub(start)
                    .mul(factorA)
                    .add(pairB.lanewise(LSHL, 16).reinterpretAsFloats().sub(start).mul(factorB))
                    .add(pairC.lanewise(LSHL, 16).reinterpretAsFloats().sub(start).mul(factorC))
                    .mul(scale));
            start = pair.and(HIGH).reinterpretAsFloats();
            FloatVector odd = start.add(pairA.and(HIGH)
                    .reinterpretAsFloats()
                    .sub(start)
                    .mul(factorA)
                    .add(pairB.and(HIGH).reinterpretAsFloats().sub(start).mul(factorB))
                    .add(pairC.and(HIGH).reinterpretAsFloats().sub(start).mul(factorC))
                    .mul(scale));
            IntVector low = even.reinterpretAsInts();
            low = low.add(low.lanewise(LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN, even.compare(NE, even).cast(PAIRS))
                    .lanewise(LSHR, 16);
            IntVector high = odd.reinterpretAsInts();
            high.add(high.lanewise(LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN, odd.compare(NE, odd).cast(PAIRS))
                    .and(HIGH)
                    .or(low)
                    .intoMemorySegment(MEMORY, target + at, LITTLE_ENDIAN);
        }
    }

    /** Adds the deltas up. */
    static void sum(long base, float[] rowA, float[] rowB, float[] rowC,
            float scale, long target, int length) {
        for (int i = 0; i < length; i += 2 * LANES) {
            IntVector pair = IntVector.fromMemorySegment(PAIRS, MEMORY, base + 2L * i,
                    LITTLE_ENDIAN);
            FloatVector even = pair.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .add(FloatVector.fromArray(FLOATS, rowA, i)
                            .add(FloatVector.fromArray(FLOATS, rowB, i))
                            .add(FloatVector.fromArray(FLOATS, rowC, i))
                            .mul(scale));
            FloatVector odd = pair.and(HIGH)
                    .reinterpretAsFloats()
                    .add(FloatVector.fromArray(FLOATS, rowA, i + LANES)
                            .add(FloatVector.fromArray(FLOATS, rowB, i + LANES))
                            .add(FloatVector.fromArray(FLOATS, rowC, i + LANES))
                            .mul(scale));
            IntVector low = even.reinterpretAsInts();
            low = low.add(low.lanewise(LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN, even.compare(NE, even).cast(PAIRS))
                    .lanewise(LSHR, 16);
            IntVector high = odd.reinterpretAsInts();
            high.add(high.lanewise(LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN, odd.compare(NE, odd).cast(PAIRS))
                    .and(HIGH)
                    .or(low)
                    .intoMemorySegment(MEMORY, target + 2L * i, LITTLE_ENDIAN);
        }
    }

    /** Replaces row a by what the deltas with the elected sign come to: their sum, or their mean by weight. */
    static void elect(float[] rowA, float[] rowB, float[] rowC, float[] weights, boolean mean,
            int length) {
        float weightA = weights[0];
        float weightB = weights[1];
        float weightC = weights[2];
        for (int i = 0; i < length; i += LANES) {
            FloatVector a = FloatVector.fromArray(FLOATS, rowA, i);
            FloatVector b = FloatVector.fromArray(FLOATS, rowB, i);
            FloatVector c = FloatVector.fromArray(FLOATS, rowC, i);
            // NaN elects "negative" and is against nothing.
            IntVector flip = IntVector.broadcast(PAIRS, 0x8000_0000)
                    .blend(0, a.add(b).add(c).compare(GE, 0).cast(PAIRS));
            var againstA = flip.lanewise(XOR, a.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            var againstB = flip.lanewise(XOR, b.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            var againstC = flip.lanewise(XOR, c.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            FloatVector mixed = a.blend(-0.0f, againstA)
                    .add(b.blend(-0.0f, againstB))
                    .add(c.blend(-0.0f, againstC));
            if (mean) {
                FloatVector divisor = FloatVector.broadcast(FLOATS, weightA)
                        .blend(0, againstA)
                        .add(FloatVector.broadcast(FLOATS, weightB).blend(0, againstB))
                        .add(FloatVector.broadcast(FLOATS, weightC).blend(0, againstC));
                mixed = mixed.div(divisor.blend(1, divisor.compare(EQ, 0)));
            }
            mixed.intoArray(rowA, i);
        }
    }

    /** Adds a scaled row to the base. */
    static void add(long base, float[] row, float scale, long target, int length) {
        for (int i = 0; i < length; i += 2 * LANES) {
            IntVector pair = IntVector.fromMemorySegment(PAIRS, MEMORY, base + 2L * i,
                    LITTLE_ENDIAN);
            FloatVector even = pair.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .add(FloatVector.fromArray(FLOATS, row, i).mul(scale));
            FloatVector odd = pair.and(HIGH)
                    .reinterpretAsFloats()
                    .add(FloatVector.fromArray(FLOATS, row, i + LANES).mul(scale));
            IntVector low = even.reinterpretAsInts();
            low = low.add(low.lanewise(LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN, even.compare(NE, even).cast(PAIRS))
                    .lanewise(LSHR, 16);
            IntVector high = odd.reinterpretAsInts();
            high.add(high.lanewise(LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN, odd.compare(NE, odd).cast(PAIRS))
                    .and(HIGH)
                    .or(low)
                    .intoMemorySegment(MEMORY, target + 2L * i, LITTLE_ENDIAN);
        }
    }
}
