package io.mendel.merge;

import static io.mendel.merge.Bfloat16Merge.PAIRS;
import static io.mendel.merge.VectorMergeKernels.LANES;

import java.lang.ref.Reference;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;

/**
 * L1 norms of what is kept of the difference of two bf16 models.
 *
 * <p>
 * Element i is added to sum i mod 8. In rows in the order of {@link Bfloat16Merge}, four neighbours are four even or four
 * odd elements, so that one vector has the even sums, another one the odd sums.
 */
final class Bfloat16Norm {

    private Bfloat16Norm() {}

    static boolean takes(Elements base, Elements model) {
        return PAIRS.vectorBitSize() >= VectorShape.S_256_BIT.vectorBitSize()
                && base.count() <= Bfloat16Merge.PIECE && Bfloat16Merge.isBfloat16(base)
                && Bfloat16Merge.isBfloat16(model);
    }

    /** As {@link MergeKernels#norm}. */
    static double of(Elements base, Elements model, Keep keep, long firstIndex) {
        int whole = base.count() - base.count() % (2 * LANES);
        double[] sums = new double[8];
        float[] row = new float[whole];
        try {
            new Bfloat16Delta(base, new WeightedDelta(model, keep, 1, 1))
                    .weigh(0, firstIndex, whole, row);
        } finally {
            Reference.reachabilityFence(base);
            Reference.reachabilityFence(model);
        }
        add(row, sums);
        for (int i = whole; i < base.count(); i++) {
            float delta = model.get(i) - base.get(i);
            if (ScalarMergeKernels.keeps(keep, delta, firstIndex + i)) {
                sums[i % 8] += Math.abs((double) delta);
            }
        }
        return VectorBlocks.total(sums);
    }

    private static void add(float[] row, double[] sums) {
        DoubleVector even = DoubleVector.zero(DoubleVector.SPECIES_256);
        DoubleVector odd = even;
        for (int i = 0; i < row.length; i += 2 * LANES) {
            for (int lane = 0; lane < LANES; lane += 4) {
                even = even.add(FloatVector.fromArray(FloatVector.SPECIES_128, row, i + lane)
                        .convertShape(VectorOperators.F2D, DoubleVector.SPECIES_256, 0)
                        .lanewise(VectorOperators.ABS));
                odd = odd.add(FloatVector.fromArray(FloatVector.SPECIES_128, row, i + LANES + lane)
                        .convertShape(VectorOperators.F2D, DoubleVector.SPECIES_256, 0)
                        .lanewise(VectorOperators.ABS));
            }
        }
        for (int sum = 0; sum < sums.length; sum += 2) {
            sums[sum] = even.lane(sum / 2);
            sums[sum + 1] = odd.lane(sum / 2);
        }
    }
}
