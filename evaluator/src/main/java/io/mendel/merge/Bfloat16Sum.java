package io.mendel.merge;

import static io.mendel.checkpoint.NativeMemory.MEMORY;
import static io.mendel.merge.Bfloat16Merge.HIGH;
import static io.mendel.merge.Bfloat16Merge.NAN;
import static io.mendel.merge.Bfloat16Merge.PAIRS;
import static io.mendel.merge.Bfloat16Merge.STEP;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Weighted sums of bf16 models, in one loop from memory to memory; see {@link Bfloat16Merge}. */
final class Bfloat16Sum {

    private Bfloat16Sum() {}

    /** Whether there is a loop for so many models. */
    static boolean takes(int models) {
        return models >= 2 && models <= 4;
    }

    /** Merges {@code bytes} bytes, a multiple of a step, at these addresses. */
    static void of(long[] models, float[] factors, long target, int bytes) {
        switch (models.length) {
            case 2 -> two(models[0], models[1], factors[0], factors[1], target, bytes);
            case 3 -> three(models[0], models[1], models[2], factors, target, bytes);
            case 4 -> four(models[0], models[1], models[2], models[3], factors, target, bytes);
            default -> throw new IllegalArgumentException("There is no loop for " + models.length);
        }
    }

    private static void two(long a, long b, float factorA, float factorB,
            long target, int bytes) {
        for (int at = 0; at < bytes; at += STEP) {
            IntVector pairA = IntVector.fromMemorySegment(PAIRS, MEMORY, a + at, LITTLE_ENDIAN);
            IntVector pairB = IntVector.fromMemorySegment(PAIRS, MEMORY, b + at, LITTLE_ENDIAN);
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
                    .intoMemorySegment(MEMORY, target + at, LITTLE_ENDIAN);
        }
    }

    private static void three(long a, long b, long c, float[] factors,
            long target, int bytes) {
        float factorA = factors[0];
        float factorB = factors[1];
        float factorC = factors[2];
        for (int at = 0; at < bytes; at += STEP) {
            IntVector pairA = IntVector.fromMemorySegment(PAIRS, MEMORY, a + at, LITTLE_ENDIAN);
            IntVector pairB = IntVector.fromMemorySegment(PAIRS, MEMORY, b + at, LITTLE_ENDIAN);
            IntVector pairC = IntVector.fromMemorySegment(PAIRS, MEMORY, c + at, LITTLE_ENDIAN);
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
                    .intoMemorySegment(MEMORY, target + at, LITTLE_ENDIAN);
        }
    }

    private static void four(long a, long b, long c, long d,
            float[] factors, long target, int bytes) {
        float factorA = factors[0];
        float factorB = factors[1];
        float factorC = factors[2];
        float factorD = factors[3];
        for (int at = 0; at < bytes; at += STEP) {
            IntVector pairA = IntVector.fromMemorySegment(PAIRS, MEMORY, a + at, LITTLE_ENDIAN);
            IntVector pairB = IntVector.fromMemorySegment(PAIRS, MEMORY, b + at, LITTLE_ENDIAN);
            IntVector pairC = IntVector.fromMemorySegment(PAIRS, MEMORY, c + at, LITTLE_ENDIAN);
            IntVector pairD = IntVector.fromMemorySegment(PAIRS, MEMORY, d + at, LITTLE_ENDIAN);
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
                    .intoMemorySegment(MEMORY, target + at, LITTLE_ENDIAN);
        }
    }
}
