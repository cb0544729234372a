package io.mendel.merge;

import static io.mendel.merge.Bfloat16Merge.HIGH;
import static io.mendel.merge.Bfloat16Merge.NAN;
import static io.mendel.merge.Bfloat16Merge.PAIRS;
import static io.mendel.merge.Bfloat16Merge.STEP;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Weighted sums of bf16 models, in one loop from memory to memory; see {@link Bfloat16Merge}. */
final class Bfloat16Sum {

    private Bfloat16Sum() {}

    /** Whether there is a loop for so many models. */
    static boolean takes(int models) {
        return models >= 2 && models <= 4;
    }

    /** Merges the bytes from {@code from} to {@code to}, a multiple of a step apart, to the beginning of the target. */
    static void of(MemorySegment[] models, float[] factors, MemorySegment target, long from,
            long to) {
        switch (models.length) {
            case 2 -> two(models[0], models[1], factors[0], factors[1], target, from, to);
            case 3 -> three(models[0], models[1], models[2], factors, target, from, to);
            case 4 -> four(models[0], models[1], models[2], models[3], factors, target, from, to);
            default -> throw new IllegalArgumentException("There is no loop for " + models.length);
        }
    }

    private static void two(MemorySegment a, MemorySegment b, float factorA, float factorB,
            MemorySegment target, long from, long to) {
        for (long at = from; at < to; at += STEP) {
            IntVector pairA = IntVector.fromMemorySegment(PAIRS, a, at, LITTLE_ENDIAN);
            IntVector pairB = IntVector.fromMemorySegment(PAIRS, b, at, LITTLE_ENDIAN);
            FloatVector even = pairA.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .mul(factorA)
                    .add(pairB.lanewise(LSHL, 16).reinterpretAsFloats().mul(factorB));
            FloatVector odd = pairA.and(HIGH)
                    .reinterpretAsFloats()
                    .mul(factorA)
                    .add(pairB.and(HIGH).reinterpretAsFloats().mul(factorB));
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
                    .intoMemorySegment(target, at - from, LITTLE_ENDIAN);
        }
    }

    private static void three(MemorySegment a, MemorySegment b, MemorySegment c, float[] factors,
            MemorySegment target, long from, long to) {
        float factorA = factors[0];
        float factorB = factors[1];
        float factorC = factors[2];
        for (long at = from; at < to; at += STEP) {
            IntVector pairA = IntVector.fromMemorySegment(PAIRS, a, at, LITTLE_ENDIAN);
            IntVector pairB = IntVector.fromMemorySegment(PAIRS, b, at, LITTLE_ENDIAN);
            IntVector pairC = IntVector.fromMemorySegment(PAIRS, c, at, LITTLE_ENDIAN);
            FloatVector even = pairA.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .mul(factorA)
                    .add(pairB.lanewise(LSHL, 16).reinterpretAsFloats().mul(factorB))
                    .add(pairC.lanewise(LSHL, 16).reinterpretAsFloats().mul(factorC));
            FloatVector odd = pairA.and(HIGH)
                    .reinterpretAsFloats()
                    .mul(factorA)
                    .add(pairB.and(HIGH).reinterpretAsFloats().mul(factorB))
                    .add(pairC.and(HIGH).reinterpretAsFloats().mul(factorC));
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
                    .intoMemorySegment(target, at - from, LITTLE_ENDIAN);
        }
    }

    private static void four(MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d,
            float[] factors, MemorySegment target, long from, long to) {
        float factorA = factors[0];
        float factorB = factors[1];
        float factorC = factors[2];
        float factorD = factors[3];
        for (long at = from; at < to; at += STEP) {
            IntVector pairA = IntVector.fromMemorySegment(PAIRS, a, at, LITTLE_ENDIAN);
            IntVector pairB = IntVector.fromMemorySegment(PAIRS, b, at, LITTLE_ENDIAN);
            IntVector pairC = IntVector.fromMemorySegment(PAIRS, c, at, LITTLE_ENDIAN);
            IntVector pairD = IntVector.fromMemorySegment(PAIRS, d, at, LITTLE_ENDIAN);
            FloatVector even = pairA.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .mul(factorA)
                    .add(pairB.lanewise(LSHL, 16).reinterpretAsFloats().mul(factorB))
                    .add(pairC.lanewise(LSHL, 16).reinterpretAsFloats().mul(factorC))
                    .add(pairD.lanewise(LSHL, 16).reinterpretAsFloats().mul(factorD));
            FloatVector odd = pairA.and(HIGH)
                    .reinterpretAsFloats()
                    .mul(factorA)
                    .add(pairB.and(HIGH).reinterpretAsFloats().mul(factorB))
                    .add(pairC.and(HIGH).reinterpretAsFloats().mul(factorC))
                    .add(pairD.and(HIGH).reinterpretAsFloats().mul(factorD));
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
                    .intoMemorySegment(target, at - from, LITTLE_ENDIAN);
        }
    }
}
