package io.mendel.merge;

import static io.mendel.merge.VectorMergeKernels.FLOATS;
import static io.mendel.merge.VectorMergeKernels.LANES;

import java.util.List;
import jdk.incubator.vector.FloatVector;
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
        if (deltas.length == 3 && !deltas[0].isMasked() && !deltas[1].isMasked()
                && !deltas[2].isMasked()) {
            electLargest(base, deltas[0], deltas[1], deltas[2], scale, merged, length);
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

    private static void sumOne(float[] base, VectorDelta a, float scale, float[] merged,
            int length) {
        float[] rowA = a.values();
        float factorA = a.factor();
        for (int i = 0; i < length; i += LANES) {
            FloatVector start = FloatVector.fromArray(FLOATS, base, i);
            start.add(FloatVector.fromArray(FLOATS, rowA, i).sub(start).mul(factorA).mul(scale))
                    .intoArray(merged, i);
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
            FloatVector total = FloatVector.fromArray(FLOATS, rowA, i)
                    .sub(start)
                    .mul(factorA)
                    .add(FloatVector.fromArray(FLOATS, rowB, i).sub(start).mul(factorB));
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
            FloatVector total = FloatVector.fromArray(FLOATS, rowA, i)
                    .sub(start)
                    .mul(factorA)
                    .add(FloatVector.fromArray(FLOATS, rowB, i).sub(start).mul(factorB))
                    .add(FloatVector.fromArray(FLOATS, rowC, i).sub(start).mul(factorC));
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
            var againstA = a.neg().blend(a, positive).compare(VectorOperators.LE, 0);
            var againstB = b.neg().blend(b, positive).compare(VectorOperators.LE, 0);
            FloatVector mixed = a.blend(-0.0f, againstA).add(b.blend(-0.0f, againstB));
            if (mean) {
                FloatVector divisor = FloatVector.broadcast(FLOATS, weightA)
                        .blend(0, againstA)
                        .add(FloatVector.broadcast(FLOATS, weightB).blend(0, againstB));
                mixed = mixed.div(divisor.blend(1, divisor.compare(VectorOperators.EQ, 0)));
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
            var againstA = a.neg().blend(a, positive).compare(VectorOperators.LE, 0);
            var againstB = b.neg().blend(b, positive).compare(VectorOperators.LE, 0);
            var againstC = c.neg().blend(c, positive).compare(VectorOperators.LE, 0);
            FloatVector mixed = a.blend(-0.0f, againstA)
                    .add(b.blend(-0.0f, againstB))
                    .add(c.blend(-0.0f, againstC));
            if (mean) {
                FloatVector divisor = FloatVector.broadcast(FLOATS, weightA)
                        .blend(0, againstA)
                        .add(FloatVector.broadcast(FLOATS, weightB).blend(0, againstB))
                        .add(FloatVector.broadcast(FLOATS, weightC).blend(0, againstC));
                mixed = mixed.div(divisor.blend(1, divisor.compare(VectorOperators.EQ, 0)));
            }
            FloatVector.fromArray(FLOATS, base, i).add(mixed.mul(scale)).intoArray(merged, i);
        }
    }

    private void electLargest(float[] base, VectorDelta a, VectorDelta b, VectorDelta c,
            float scale, float[] merged, int length) {
        float[] rowA = a.values();
        float[] rowB = b.values();
        float[] rowC = c.values();
        float smallestA = a.smallest();
        float smallestB = b.smallest();
        float smallestC = c.smallest();
        float factorA = a.factor();
        float factorB = b.factor();
        float factorC = c.factor();
        float weightA = weights[0];
        float weightB = weights[1];
        float weightC = weights[2];
        boolean mean = rule == Consensus.ELECTED_MEAN;
        for (int i = 0; i < length; i += LANES) {
            FloatVector start = FloatVector.fromArray(FLOATS, base, i);
            // NaN is not less than anything, so it survives.
            FloatVector deltaA = FloatVector.fromArray(FLOATS, rowA, i).sub(start);
            FloatVector v = deltaA.mul(factorA)
                    .blend(-0.0f, deltaA.abs().compare(VectorOperators.LT, smallestA));
            FloatVector deltaB = FloatVector.fromArray(FLOATS, rowB, i).sub(start);
            FloatVector w = deltaB.mul(factorB)
                    .blend(-0.0f, deltaB.abs().compare(VectorOperators.LT, smallestB));
            FloatVector deltaC = FloatVector.fromArray(FLOATS, rowC, i).sub(start);
            FloatVector x = deltaC.mul(factorC)
                    .blend(-0.0f, deltaC.abs().compare(VectorOperators.LT, smallestC));
            var positive = v.add(w).add(x).compare(VectorOperators.GE, 0);
            var againstA = v.neg().blend(v, positive).compare(VectorOperators.LE, 0);
            var againstB = w.neg().blend(w, positive).compare(VectorOperators.LE, 0);
            var againstC = x.neg().blend(x, positive).compare(VectorOperators.LE, 0);
            FloatVector mixed = v.blend(-0.0f, againstA)
                    .add(w.blend(-0.0f, againstB))
                    .add(x.blend(-0.0f, againstC));
            if (mean) {
                FloatVector divisor = FloatVector.broadcast(FLOATS, weightA)
                        .blend(0, againstA)
                        .add(FloatVector.broadcast(FLOATS, weightB).blend(0, againstB))
                        .add(FloatVector.broadcast(FLOATS, weightC).blend(0, againstC));
                mixed = mixed.div(divisor.blend(1, divisor.compare(VectorOperators.EQ, 0)));
            }
            start.add(mixed.mul(scale)).intoArray(merged, i);
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
                var against = v.neg().blend(v, positive).compare(VectorOperators.LE, 0);
                mixed = mixed.add(v.blend(-0.0f, against));
                divisor = divisor.add(FloatVector.broadcast(FLOATS, weights[m]).blend(0, against));
            }
            if (rule == Consensus.ELECTED_MEAN) {
                mixed = mixed.div(divisor.blend(1, divisor.compare(VectorOperators.EQ, 0)));
            }
            FloatVector.fromArray(FLOATS, base, i).add(mixed.mul(scale)).intoArray(merged, i);
        }
    }
}
