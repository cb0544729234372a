package io.mendel.merge;

import static io.mendel.checkpoint.NativeMemory.MEMORY;
import static io.mendel.merge.Bfloat16Delta.EVEN_BITS;
import static io.mendel.merge.Bfloat16Delta.MAGNITUDE;
import static io.mendel.merge.Bfloat16Delta.ODD_BITS;
import static io.mendel.merge.Bfloat16Merge.HIGH;
import static io.mendel.merge.Bfloat16Merge.NAN;
import static io.mendel.merge.Bfloat16Merge.PAIRS;
import static io.mendel.merge.Bfloat16Merge.STEP;
import static io.mendel.merge.VectorMergeKernels.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.NE;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Elects signs among three bf16 models in one loop from memory to memory, in the order of {@link Bfloat16Merge}: reading
 * the next elements and computing with these overlap, which rows in between prevent.
 *
 * <p>
 * The three loops repeat each other, and even elements are treated as odd ones: what they share cannot be a method,
 * because Java would not inline it and would allocate the vectors it returns.
 */
final class Bfloat16Election {

    private static final int SIGN = 0x8000_0000;
    private static final int DELTAS = 3;

    private final long base;
    private final Bfloat16Delta[] deltas;
    private final float[] factors = new float[DELTAS];
    private final float[] weights = new float[DELTAS];
    private final Consensus consensus;
    private final float scale;

    /**
     * An election.
     *
     * @param base the address of the base's run
     */
    Bfloat16Election(long base, Bfloat16Delta[] deltas, Consensus consensus, float scale) {
        this.base = base;
        this.deltas = deltas;
        for (int m = 0; m < DELTAS; m++) {
            factors[m] = deltas[m].factor();
            weights[m] = deltas[m].weight();
        }
        this.consensus = consensus;
        this.scale = scale;
    }

    /**
     * Merges a piece of at most {@link Bfloat16Merge#PIECE} elements.
     *
     * @param from the piece's first element in the run
     * @param index its flat index in the tensor
     * @param target the address for the result
     * @return false if there is no loop for such an election
     */
    boolean merge(int from, long index, int length, long target) {
        if (consensus == Consensus.SUM) {
            return false;
        }
        long at = 2L * from;
        long start = base + at;
        long a = deltas[0].address() + at;
        long b = deltas[1].address() + at;
        long c = deltas[2].address() + at;
        int bytes = 2 * length;
        if (findBands(index, length)) {
            int[] offsets = {deltas[0].offset(), deltas[1].offset(), deltas[2].offset()};
            int[] spans = {deltas[0].span(), deltas[1].span(), deltas[2].span()};
            if (consensus == Consensus.ELECTED_MEAN) {
                bandMean(start, a, b, c, offsets, spans, factors, weights, scale, target, bytes);
            } else {
                bandSum(start, a, b, c, offsets, spans, factors, scale, target, bytes);
            }
            return true;
        }
        if (consensus == Consensus.ELECTED_MEAN) {
            return false;
        }
        for (Bfloat16Delta delta : deltas) {
            delta.findMask(from, index, length);
        }
        maskedSum(start, a, b, c, deltas[0].kept(), deltas[1].kept(), deltas[2].kept(), factors,
                scale, target, bytes);
        return true;
    }

    private boolean findBands(long index, int length) {
        for (Bfloat16Delta delta : deltas) {
            if (!delta.findBand(index, length)) {
                return false;
            }
        }
        return true;
    }

    /** Adds the sum of the deltas with the elected sign, of those in a band of magnitudes; offsets and spans as in {@link Bfloat16Delta}. */
    private static void bandSum(long base, long a, long b, long c, int[] offsets, int[] spans,
            float[] factors, float scale, long target, int bytes) {
        int offsetA = offsets[0];
        int offsetB = offsets[1];
        int offsetC = offsets[2];
        int spanA = spans[0];
        int spanB = spans[1];
        int spanC = spans[2];
        float factorA = factors[0];
        float factorB = factors[1];
        float factorC = factors[2];
        for (int at = 0; at < bytes; at += STEP) {
            IntVector pair = IntVector.fromMemorySegment(PAIRS, MEMORY, base + at, LITTLE_ENDIAN);
            IntVector pairA = IntVector.fromMemorySegment(PAIRS, MEMORY, a + at, LITTLE_ENDIAN);
            IntVector pairB = IntVector.fromMemorySegment(PAIRS, MEMORY, b + at, LITTLE_ENDIAN);
            IntVector pairC = IntVector.fromMemorySegment(PAIRS, MEMORY, c + at, LITTLE_ENDIAN);
            FloatVector start = pair.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector dA = pairA.lanewise(LSHL, 16).reinterpretAsFloats().sub(start);
            FloatVector dB = pairB.lanewise(LSHL, 16).reinterpretAsFloats().sub(start);
            FloatVector dC = pairC.lanewise(LSHL, 16).reinterpretAsFloats().sub(start);
            dA = dA.mul(factorA)
                    .blend(-0.0f,
                            dA.reinterpretAsInts()
                                    .and(MAGNITUDE)
                                    .sub(offsetA)
                                    .compare(GT, spanA)
                                    .cast(FLOATS));
            dB = dB.mul(factorB)
                    .blend(-0.0f,
                            dB.reinterpretAsInts()
                                    .and(MAGNITUDE)
                                    .sub(offsetB)
                                    .compare(GT, spanB)
                                    .cast(FLOATS));
            dC = dC.mul(factorC)
                    .blend(-0.0f,
                            dC.reinterpretAsInts()
                                    .and(MAGNITUDE)
                                    .sub(offsetC)
                                    .compare(GT, spanC)
                                    .cast(FLOATS));
            // NaN elects "negative" and is against nothing.
            IntVector flip = IntVector.broadcast(PAIRS, SIGN)
                    .blend(0, dA.add(dB).add(dC).compare(GE, 0).cast(PAIRS));
            var againstA = flip.lanewise(XOR, dA.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            var againstB = flip.lanewise(XOR, dB.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            var againstC = flip.lanewise(XOR, dC.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            FloatVector even = dA.blend(-0.0f, againstA)
                    .add(dB.blend(-0.0f, againstB))
                    .add(dC.blend(-0.0f, againstC));
            even = start.add(even.mul(scale));
            IntVector low = even.reinterpretAsInts();
            low = low.add(low.lanewise(LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN, even.compare(NE, even).cast(PAIRS))
                    .lanewise(LSHR, 16);
            start = pair.and(HIGH).reinterpretAsFloats();
            dA = pairA.and(HIGH).reinterpretAsFloats().sub(start);
            dB = pairB.and(HIGH).reinterpretAsFloats().sub(start);
            dC = pairC.and(HIGH).reinterpretAsFloats().sub(start);
            dA = dA.mul(factorA)
                    .blend(-0.0f,
                            dA.reinterpretAsInts()
                                    .and(MAGNITUDE)
                                    .sub(offsetA)
                                    .compare(GT, spanA)
                                    .cast(FLOATS));
            dB = dB.mul(factorB)
                    .blend(-0.0f,
                            dB.reinterpretAsInts()
                                    .and(MAGNITUDE)
                                    .sub(offsetB)
                                    .compare(GT, spanB)
                                    .cast(FLOATS));
            dC = dC.mul(factorC)
                    .blend(-0.0f,
                            dC.reinterpretAsInts()
                                    .and(MAGNITUDE)
                                    .sub(offsetC)
                                    .compare(GT, spanC)
                                    .cast(FLOATS));
            flip = IntVector.broadcast(PAIRS, SIGN)
                    .blend(0, dA.add(dB).add(dC).compare(GE, 0).cast(PAIRS));
            againstA = flip.lanewise(XOR, dA.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            againstB = flip.lanewise(XOR, dB.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            againstC = flip.lanewise(XOR, dC.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            FloatVector odd = dA.blend(-0.0f, againstA)
                    .add(dB.blend(-0.0f, againstB))
                    .add(dC.blend(-0.0f, againstC));
            odd = start.add(odd.mul(scale));
            IntVector high = odd.reinterpretAsInts();
            high.add(high.lanewise(LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN, odd.compare(NE, odd).cast(PAIRS))
                    .and(HIGH)
                    .or(low)
                    .intoMemorySegment(MEMORY, target + at, LITTLE_ENDIAN);
        }
    }

    /** Adds the mean by weight instead of the sum. */
    private static void bandMean(long base, long a, long b, long c, int[] offsets, int[] spans,
            float[] factors, float[] weights, float scale, long target, int bytes) {
        int offsetA = offsets[0];
        int offsetB = offsets[1];
        int offsetC = offsets[2];
        int spanA = spans[0];
        int spanB = spans[1];
        int spanC = spans[2];
        float factorA = factors[0];
        float factorB = factors[1];
        float factorC = factors[2];
        float weightA = weights[0];
        float weightB = weights[1];
        float weightC = weights[2];
        for (int at = 0; at < bytes; at += STEP) {
            IntVector pair = IntVector.fromMemorySegment(PAIRS, MEMORY, base + at, LITTLE_ENDIAN);
            IntVector pairA = IntVector.fromMemorySegment(PAIRS, MEMORY, a + at, LITTLE_ENDIAN);
            IntVector pairB = IntVector.fromMemorySegment(PAIRS, MEMORY, b + at, LITTLE_ENDIAN);
            IntVector pairC = IntVector.fromMemorySegment(PAIRS, MEMORY, c + at, LITTLE_ENDIAN);
            FloatVector start = pair.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector dA = pairA.lanewise(LSHL, 16).reinterpretAsFloats().sub(start);
            FloatVector dB = pairB.lanewise(LSHL, 16).reinterpretAsFloats().sub(start);
            FloatVector dC = pairC.lanewise(LSHL, 16).reinterpretAsFloats().sub(start);
            dA = dA.mul(factorA)
                    .blend(-0.0f,
                            dA.reinterpretAsInts()
                                    .and(MAGNITUDE)
                                    .sub(offsetA)
                                    .compare(GT, spanA)
                                    .cast(FLOATS));
            dB = dB.mul(factorB)
                    .blend(-0.0f,
                            dB.reinterpretAsInts()
                                    .and(MAGNITUDE)
                                    .sub(offsetB)
                                    .compare(GT, spanB)
                                    .cast(FLOATS));
            dC = dC.mul(factorC)
                    .blend(-0.0f,
                            dC.reinterpretAsInts()
                                    .and(MAGNITUDE)
                                    .sub(offsetC)
                                    .compare(GT, spanC)
                                    .cast(FLOATS));
            // NaN elects "negative" and is against nothing.
            IntVector flip = IntVector.broadcast(PAIRS, SIGN)
                    .blend(0, dA.add(dB).add(dC).compare(GE, 0).cast(PAIRS));
            var againstA = flip.lanewise(XOR, dA.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            var againstB = flip.lanewise(XOR, dB.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            var againstC = flip.lanewise(XOR, dC.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            FloatVector even = dA.blend(-0.0f, againstA)
                    .add(dB.blend(-0.0f, againstB))
                    .add(dC.blend(-0.0f, againstC));
            FloatVector divisor = FloatVector.broadcast(FLOATS, weightA)
                    .blend(0, againstA)
                    .add(FloatVector.broadcast(FLOATS, weightB).blend(0, againstB))
                    .add(FloatVector.broadcast(FLOATS, weightC).blend(0, againstC));
            even = even.div(divisor.blend(1, divisor.compare(EQ, 0)));
            even = start.add(even.mul(scale));
            IntVector low = even.reinterpretAsInts();
            low = low.add(low.lanewise(LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN, even.compare(NE, even).cast(PAIRS))
                    .lanewise(LSHR, 16);
            start = pair.and(HIGH).reinterpretAsFloats();
            dA = pairA.and(HIGH).reinterpretAsFloats().sub(start);
            dB = pairB.and(HIGH).reinterpretAsFloats().sub(start);
            dC = pairC.and(HIGH).reinterpretAsFloats().sub(start);
            dA = dA.mul(factorA)
                    .blend(-0.0f,
                            dA.reinterpretAsInts()
                                    .and(MAGNITUDE)
                                    .sub(offsetA)
                                    .compare(GT, spanA)
                                    .cast(FLOATS));
            dB = dB.mul(factorB)
                    .blend(-0.0f,
                            dB.reinterpretAsInts()
                                    .and(MAGNITUDE)
                                    .sub(offsetB)
                                    .compare(GT, spanB)
                                    .cast(FLOATS));
            dC = dC.mul(factorC)
                    .blend(-0.0f,
                            dC.reinterpretAsInts()
                                    .and(MAGNITUDE)
                                    .sub(offsetC)
                                    .compare(GT, spanC)
                                    .cast(FLOATS));
            flip = IntVector.broadcast(PAIRS, SIGN)
                    .blend(0, dA.add(dB).add(dC).compare(GE, 0).cast(PAIRS));
            againstA = flip.lanewise(XOR, dA.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            againstB = flip.lanewise(XOR, dB.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            againstC = flip.lanewise(XOR, dC.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            FloatVector odd = dA.blend(-0.0f, againstA)
                    .add(dB.blend(-0.0f, againstB))
                    .add(dC.blend(-0.0f, againstC));
            divisor = FloatVector.broadcast(FLOATS, weightA)
                    .blend(0, againstA)
                    .add(FloatVector.broadcast(FLOATS, weightB).blend(0, againstB))
                    .add(FloatVector.broadcast(FLOATS, weightC).blend(0, againstC));
            odd = odd.div(divisor.blend(1, divisor.compare(EQ, 0)));
            odd = start.add(odd.mul(scale));
            IntVector high = odd.reinterpretAsInts();
            high.add(high.lanewise(LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN, odd.compare(NE, odd).cast(PAIRS))
                    .and(HIGH)
                    .or(low)
                    .intoMemorySegment(MEMORY, target + at, LITTLE_ENDIAN);
        }
    }

    /** Adds the sum of the deltas with the elected sign, of those in a mask. */
    private static void maskedSum(long base, long a, long b, long c, long[] keptA, long[] keptB,
            long[] keptC, float[] factors, float scale, long target, int bytes) {
        float factorA = factors[0];
        float factorB = factors[1];
        float factorC = factors[2];
        for (int at = 0; at < bytes; at += STEP) {
            IntVector pair = IntVector.fromMemorySegment(PAIRS, MEMORY, base + at, LITTLE_ENDIAN);
            IntVector pairA = IntVector.fromMemorySegment(PAIRS, MEMORY, a + at, LITTLE_ENDIAN);
            IntVector pairB = IntVector.fromMemorySegment(PAIRS, MEMORY, b + at, LITTLE_ENDIAN);
            IntVector pairC = IntVector.fromMemorySegment(PAIRS, MEMORY, c + at, LITTLE_ENDIAN);
            IntVector bitsA = IntVector.broadcast(PAIRS,
                    (int) (keptA[at / (2 * Long.SIZE)] >>> (at / 2)));
            IntVector bitsB = IntVector.broadcast(PAIRS,
                    (int) (keptB[at / (2 * Long.SIZE)] >>> (at / 2)));
            IntVector bitsC = IntVector.broadcast(PAIRS,
                    (int) (keptC[at / (2 * Long.SIZE)] >>> (at / 2)));
            FloatVector start = pair.lanewise(LSHL, 16).reinterpretAsFloats();
            FloatVector dA = pairA.lanewise(LSHL, 16).reinterpretAsFloats().sub(start);
            FloatVector dB = pairB.lanewise(LSHL, 16).reinterpretAsFloats().sub(start);
            FloatVector dC = pairC.lanewise(LSHL, 16).reinterpretAsFloats().sub(start);
            dA = dA.mul(factorA).blend(-0.0f, bitsA.and(EVEN_BITS).compare(EQ, 0).cast(FLOATS));
            dB = dB.mul(factorB).blend(-0.0f, bitsB.and(EVEN_BITS).compare(EQ, 0).cast(FLOATS));
            dC = dC.mul(factorC).blend(-0.0f, bitsC.and(EVEN_BITS).compare(EQ, 0).cast(FLOATS));
            // NaN elects "negative" and is against nothing.
            IntVector flip = IntVector.broadcast(PAIRS, SIGN)
                    .blend(0, dA.add(dB).add(dC).compare(GE, 0).cast(PAIRS));
            var againstA = flip.lanewise(XOR, dA.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            var againstB = flip.lanewise(XOR, dB.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            var againstC = flip.lanewise(XOR, dC.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            FloatVector even = dA.blend(-0.0f, againstA)
                    .add(dB.blend(-0.0f, againstB))
                    .add(dC.blend(-0.0f, againstC));
            even = start.add(even.mul(scale));
            IntVector low = even.reinterpretAsInts();
            low = low.add(low.lanewise(LSHR, 16).and(1))
                    .add(0x7fff)
                    .blend(NAN, even.compare(NE, even).cast(PAIRS))
                    .lanewise(LSHR, 16);
            start = pair.and(HIGH).reinterpretAsFloats();
            dA = pairA.and(HIGH).reinterpretAsFloats().sub(start);
            dB = pairB.and(HIGH).reinterpretAsFloats().sub(start);
            dC = pairC.and(HIGH).reinterpretAsFloats().sub(start);
            dA = dA.mul(factorA).blend(-0.0f, bitsA.and(ODD_BITS).compare(EQ, 0).cast(FLOATS));
            dB = dB.mul(factorB).blend(-0.0f, bitsB.and(ODD_BITS).compare(EQ, 0).cast(FLOATS));
            dC = dC.mul(factorC).blend(-0.0f, bitsC.and(ODD_BITS).compare(EQ, 0).cast(FLOATS));
            flip = IntVector.broadcast(PAIRS, SIGN)
                    .blend(0, dA.add(dB).add(dC).compare(GE, 0).cast(PAIRS));
            againstA = flip.lanewise(XOR, dA.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            againstB = flip.lanewise(XOR, dB.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            againstC = flip.lanewise(XOR, dC.reinterpretAsInts())
                    .reinterpretAsFloats()
                    .compare(LE, 0);
            FloatVector odd = dA.blend(-0.0f, againstA)
                    .add(dB.blend(-0.0f, againstB))
                    .add(dC.blend(-0.0f, againstC));
            odd = start.add(odd.mul(scale));
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
