package io.mendel.merge;

import static io.mendel.merge.VectorMergeKernels.FLOATS;
import static io.mendel.merge.VectorMergeKernels.LANES;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Combines a block of the base and of the deltas; see {@link MergeKernels#mergeDeltas}.
 *
 * <p>
 * Two and three parents have loops of their own, because all values then stay in registers from the first difference to
 * the last sum. The loops read nothing but arrays: those that also pick a source make the compiler give up inlining, and
 * then every vector is allocated.
 */
final class VectorConsensus {

    private final Consensus rule;
    private final float[] weights;

    VectorConsensus(Consensus rule, List<WeightedDelta> deltas) {
        this.rule = rule;
        this.weights = new float[deltas.size()];
        for (int m = 0; m < weights.length; m++) {
            weights[m] = deltas.get(m).weight();
        }
    }

    /** Merges a block; changes the blocks of the deltas. */
    void merge(float[] base, VectorDelta[] deltas, float scale, float[] merged, int length) {
        if (rule == Consensus.SUM && areWhole(deltas)) {
            switch (deltas.length) {
                case 1 -> sumOne(base, deltas[0], scale, merged, length);
                case 2 -> sumTwo(base, deltas[0], deltas[1], scale, merged, length);
                case 3 -> sumThree(base, deltas[0], deltas[1], deltas[2], scale, merged, length);
                default -> sumWeighed(base, deltas, scale, merged, length);
            }
            return;
        }
        if (rule == Consensus.SUM) {
            sumWeighed(base, deltas, scale, merged, length);
            return;
        }
        for (VectorDelta delta : deltas) {
            delta.weigh(base, length);
        }
        switch (deltas.length) {
            case 2 -> electTwo(base, deltas[0].values(), deltas[1].values(), scale, merged, length);
            case 3 -> electThree(base, deltas[0].values(), deltas[1].values(), deltas[2].values(),
                    scale, merged, length);
            default -> elect(base, deltas, scale, merged, length);
        }
    }

    private static boolean areWhole(VectorDelta[] deltas) {
        for (VectorDelta delta : deltas) {
            if (!delta.isWhole()) {
                return false;
            }
        }
        return true;
    }

    private static FloatVector weighed(float[] row, int index, FloatVector start, float factor) {
        return FloatVector.fromArray(FLOATS, row, index).sub(start).mul(factor);
    }

    private static void sumOne(float[] base, VectorDelta a, float scale, float[] merged,
            int length) {
        float[] rowA = a.values();
        float factorA = a.factor();
        for (int i = 0; i < length; i += LANES) {
            FloatVector start = FloatVector.fromArray(FLOATS, base, i);
            start.add(weighed(rowA, i, start, factorA).mul(scale)).intoArray(merged, i);
        }
    }

    private static void sumTwo(float[] base, VectorDelta a, VectorDelta b, float scale,
            float[] merged, int length) {
        float[] rowA = a.values();
        float[] rowB = b.values();
        float factorA = a.factor();
        float factorB = b.factor();
        for (int i = 0; i < length; i += LANES) {
            FloatVector start = FloatVector.fromArray(FLOATS, base, i);
            FloatVector total = weighed(rowA, i, start, factorA)
                    .add(weighed(rowB, i, start, factorB));
            start.add(total.mul(scale)).intoArray(merged, i);
        }
    }

    private static void sumThree(float[] base, VectorDelta a, VectorDelta b, VectorDelta c,
            float scale, float[] merged, int length) {
        float[] rowA = a.values();
        float[] rowB = b.values();
        float[] rowC = c.values();
        float factorA = a.factor();
        float factorB = b.factor();
        float factorC = c.factor();
        for (int i = 0; i < length; i += LANES) {
            FloatVector start = FloatVector.fromArray(FLOATS, base, i);
            FloatVector total = weighed(rowA, i, start, factorA)
                    .add(weighed(rowB, i, start, factorB))
                    .add(weighed(rowC, i, start, factorC));
            start.add(total.mul(scale)).intoArray(merged, i);
        }
    }

    private static void sumWeighed(float[] base, VectorDelta[] deltas, float scale, float[] merged,
            int length) {
        for (int m = 0; m < deltas.length; m++) {
            deltas[m].weigh(base, length);
            float[] row = deltas[m].values();
            if (m == 0) {
                System.arraycopy(row, 0, merged, 0, length);
            } else {
                add(row, merged, length);
            }
        }
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(FLOATS, base, i)
                    .add(FloatVector.fromArray(FLOATS, merged, i).mul(scale))
                    .intoArray(merged, i);
        }
    }

    private static void add(float[] row, float[] total, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(FLOATS, total, i)
                    .add(FloatVector.fromArray(FLOATS, row, i))
                    .intoArray(total, i);
        }
    }

    private void electTwo(float[] base, float[] rowA, float[] rowB, float scale, float[] merged,
            int length) {
        float weightA = weights[0];
        float weightB = weights[1];
        boolean mean = rule == Consensus.ELECTED_MEAN;
        for (int i = 0; i < length; i += LANES) {
            FloatVector a = FloatVector.fromArray(FLOATS, rowA, i);
            FloatVector b = FloatVector.fromArray(FLOATS, rowB, i);
            var positive = a.add(b).compare(VectorOperators.GE, 0);
            var againstA = disagrees(a, positive);
            var againstB = disagrees(b, positive);
            FloatVector mixed = a.blend(-0.0f, againstA).add(b.blend(-0.0f, againstB));
            if (mean) {
                FloatVector divisor = FloatVector.broadcast(FLOATS, weightA)
                        .blend(0, againstA)
                        .add(FloatVector.broadcast(FLOATS, weightB).blend(0, againstB));
                mixed = mean(mixed, divisor);
            }
            FloatVector.fromArray(FLOATS, base, i).add(mixed.mul(scale)).intoArray(merged, i);
        }
    }

    private void electThree(float[] base, float[] rowA, float[] rowB, float[] rowC, float scale,
            float[] merged, int length) {
        float weightA = weights[0];
        float weightB = weights[1];
        float weightC = weights[2];
        boolean mean = rule == Consensus.ELECTED_MEAN;
        for (int i = 0; i < length; i += LANES) {
            FloatVector a = FloatVector.fromArray(FLOATS, rowA, i);
            FloatVector b = FloatVector.fromArray(FLOATS, rowB, i);
            FloatVector c = FloatVector.fromArray(FLOATS, rowC, i);
            var positive = a.add(b).add(c).compare(VectorOperators.GE, 0);
            var againstA = disagrees(a, positive);
            var againstB = disagrees(b, positive);
            var againstC = disagrees(c, positive);
            FloatVector mixed = a.blend(-0.0f, againstA)
                    .add(b.blend(-0.0f, againstB))
                    .add(c.blend(-0.0f, againstC));
            if (mean) {
                FloatVector divisor = FloatVector.broadcast(FLOATS, weightA)
                        .blend(0, againstA)
                        .add(FloatVector.broadcast(FLOATS, weightB).blend(0, againstB))
                        .add(FloatVector.broadcast(FLOATS, weightC).blend(0, againstC));
                mixed = mean(mixed, divisor);
            }
            FloatVector.fromArray(FLOATS, base, i).add(mixed.mul(scale)).intoArray(merged, i);
        }
    }

    private void elect(float[] base, VectorDelta[] deltas, float scale, float[] merged,
            int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector total = FloatVector.fromArray(FLOATS, deltas[0].values(), i);
            for (int m = 1; m < deltas.length; m++) {
                total = total.add(FloatVector.fromArray(FLOATS, deltas[m].values(), i));
            }
            var positive = total.compare(VectorOperators.GE, 0);
            FloatVector mixed = FloatVector.broadcast(FLOATS, -0.0f);
            FloatVector divisor = FloatVector.zero(FLOATS);
            for (int m = 0; m < deltas.length; m++) {
                FloatVector v = FloatVector.fromArray(FLOATS, deltas[m].values(), i);
                var against = disagrees(v, positive);
                mixed = mixed.add(v.blend(-0.0f, against));
                divisor = divisor.add(FloatVector.broadcast(FLOATS, weights[m]).blend(0, against));
            }
            if (rule == Consensus.ELECTED_MEAN) {
                mixed = mean(mixed, divisor);
            }
            FloatVector.fromArray(FLOATS, base, i).add(mixed.mul(scale)).intoArray(merged, i);
        }
    }

    private static VectorMask<Float> disagrees(FloatVector v, VectorMask<Float> positive) {
        return v.neg().blend(v, positive).compare(VectorOperators.LE, 0);
    }

    private static FloatVector mean(FloatVector sum, FloatVector divisor) {
        return sum.div(divisor.blend(1, divisor.compare(VectorOperators.EQ, 0)));
    }
}
