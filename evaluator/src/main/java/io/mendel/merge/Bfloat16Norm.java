package io.mendel.merge;

import static io.mendel.checkpoint.NativeMemory.MEMORY;
import static io.mendel.merge.Bfloat16Merge.HIGH;
import static io.mendel.merge.Bfloat16Merge.PAIRS;
import static io.mendel.merge.VectorMergeKernels.LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ABS;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.F2D;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.ref.Reference;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;

/**
 * L1 norms of what is kept of the difference of two bf16 models.
 *
 * <p>
 * Element i is added to sum i mod 8. In rows in the order of {@link Bfloat16Merge}, four neighbours are four even or four
 * odd elements, so that one vector has the even sums, another one the odd sums.
 */
final class Bfloat16Norm {

    /** In each lane the bit of its even element in a mask of 8 bits. */
    private static final IntVector EVEN_BITS = IntVector.fromArray(IntVector.SPECIES_128,
            new int[]{1, 4, 16, 64}, 0);
    private static final IntVector ODD_BITS = EVEN_BITS.lanewise(LSHL, 1);

    private Bfloat16Norm() {}

    static boolean takes(Elements base, Elements model) {
        return PAIRS.vectorBitSize() >= VectorShape.S_256_BIT.vectorBitSize()
                && base.count() <= Bfloat16Merge.PIECE && Bfloat16Merge.isBfloat16(base)
                && Bfloat16Merge.isBfloat16(model);
    }

    /** As {@link MergeKernels#norm}. */
    static double of(Elements base, Elements model, Keep keep, long firstIndex) {
        int whole = base.count() - base.count() % (2 * LANES);
        // First the even sums, then the odd ones.
        double[] sums = new double[8];
        float[] row = new float[Math.min(whole, VectorMergeKernels.BLOCK)];
        var kept = new Bfloat16Delta(base, new WeightedDelta(model, keep, 1, 1));
        try {
            for (int from = 0; from < whole; from += row.length) {
                int length = Math.min(row.length, whole - from);
                kept.weigh(from, firstIndex + from, length, row);
                add(row, length, sums);
            }
        } finally {
            Reference.reachabilityFence(base);
            Reference.reachabilityFence(model);
        }
        for (int i = whole; i < base.count(); i++) {
            float delta = model.get(i) - base.get(i);
            if (ScalarMergeKernels.keeps(keep, delta, firstIndex + i)) {
                sums[i % 2 * 4 + i % 8 / 2] += Math.abs((double) delta);
            }
        }
        return total(sums);
    }

    /** The sums in the order of their numbers. */
    private static double total(double[] sums) {
        double norm = 0;
        for (int i = 0; i < sums.length; i++) {
            norm += sums[i % 2 * 4 + i / 2];
        }
        return norm;
    }

    /** As {@link MergeKernels#norms}. */
    static KeptNorm both(Elements base, Elements model, Keep keep, long firstIndex) {
        if (!(keep instanceof Keep.Random || keep instanceof Keep.Listed)) {
            return new KeptNorm(of(base, model, new Keep.All(), firstIndex),
                    of(base, model, keep, firstIndex));
        }
        int whole = base.count() - base.count() % (2 * LANES);
        double[] all = new double[8];
        double[] kept = new double[8];
        var mask = new Bfloat16Delta(base, new WeightedDelta(model, keep, 1, 1));
        try {
            mask.findMask(0, firstIndex, whole);
            addBoth(base.data().address(), model.data().address(), mask.kept(), whole, all, kept);
        } finally {
            Reference.reachabilityFence(base);
            Reference.reachabilityFence(model);
        }
        for (int i = whole; i < base.count(); i++) {
            float rest = model.get(i) - base.get(i);
            int sum = i % 2 * 4 + i % 8 / 2;
            all[sum] += Math.abs((double) rest);
            if (ScalarMergeKernels.keeps(keep, rest, firstIndex + i)) {
                kept[sum] += Math.abs((double) rest);
            }
        }
        return new KeptNorm(total(all), total(kept));
    }

    /** From memory to sums; {@code length} is a multiple of 8. */
    private static void addBoth(long base, long model, long[] mask, int length, double[] all,
            double[] kept) {
        DoubleVector even = DoubleVector.fromArray(DoubleVector.SPECIES_256, all, 0);
        DoubleVector odd = DoubleVector.fromArray(DoubleVector.SPECIES_256, all, 4);
        DoubleVector keptEven = DoubleVector.fromArray(DoubleVector.SPECIES_256, kept, 0);
        DoubleVector keptOdd = DoubleVector.fromArray(DoubleVector.SPECIES_256, kept, 4);
        for (int i = 0; i < length; i += 8) {
            IntVector pairBase = IntVector.fromMemorySegment(IntVector.SPECIES_128, MEMORY,
                    base + 2L * i, LITTLE_ENDIAN);
            IntVector pair = IntVector.fromMemorySegment(IntVector.SPECIES_128, MEMORY,
                    model + 2L * i, LITTLE_ENDIAN);
            IntVector bits = IntVector.broadcast(IntVector.SPECIES_128,
                    (int) (mask[i / Long.SIZE] >>> i));
            FloatVector first = pair.lanewise(LSHL, 16)
                    .reinterpretAsFloats()
                    .sub(pairBase.lanewise(LSHL, 16).reinterpretAsFloats())
                    .lanewise(ABS);
            even = (DoubleVector) first.convertShape(F2D, DoubleVector.SPECIES_256, 0)
                    .add(even);
            keptEven = (DoubleVector) first
                    .blend(0, bits.and(EVEN_BITS).compare(EQ, 0).cast(FloatVector.SPECIES_128))
                    .convertShape(F2D, DoubleVector.SPECIES_256, 0)
                    .add(keptEven);
            FloatVector second = pair.and(HIGH)
                    .reinterpretAsFloats()
                    .sub(pairBase.and(HIGH).reinterpretAsFloats())
                    .lanewise(ABS);
            odd = (DoubleVector) second.convertShape(F2D, DoubleVector.SPECIES_256, 0).add(odd);
            keptOdd = (DoubleVector) second
                    .blend(0, bits.and(ODD_BITS).compare(EQ, 0).cast(FloatVector.SPECIES_128))
                    .convertShape(F2D, DoubleVector.SPECIES_256, 0)
                    .add(keptOdd);
        }
        even.intoArray(all, 0);
        odd.intoArray(all, 4);
        keptEven.intoArray(kept, 0);
        keptOdd.intoArray(kept, 4);
    }

    private static void add(float[] row, int length, double[] sums) {
        DoubleVector even = DoubleVector.fromArray(DoubleVector.SPECIES_256, sums, 0);
        DoubleVector odd = DoubleVector.fromArray(DoubleVector.SPECIES_256, sums, 4);
        for (int i = 0; i < length; i += 2 * LANES) {
            for (int lane = 0; lane < LANES; lane += 4) {
                // Not the other way round: what goes round a loop has no exact class when Java compiles it early.
                even = (DoubleVector) FloatVector
                        .fromArray(FloatVector.SPECIES_128, row, i + lane)
                        .convertShape(F2D, DoubleVector.SPECIES_256, 0)
                        .lanewise(ABS)
                        .add(even);
                odd = (DoubleVector) FloatVector
                        .fromArray(FloatVector.SPECIES_128, row, i + LANES + lane)
                        .convertShape(F2D, DoubleVector.SPECIES_256, 0)
                        .lanewise(ABS)
                        .add(odd);
            }
        }
        even.intoArray(sums, 0);
        odd.intoArray(sums, 4);
    }
}
