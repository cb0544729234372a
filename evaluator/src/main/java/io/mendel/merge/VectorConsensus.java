package io.mendel.merge;

import static io.mendel.merge.VectorMergeKernels.BLOCK;
import static io.mendel.merge.VectorMergeKernels.FLOATS;
import static io.mendel.merge.VectorMergeKernels.LANES;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Combines a block of the base and of the weighted deltas; see {@link MergeKernels#mergeDeltas}.
 *
 * <p>
 * Up to three whole deltas are summed in registers. Everything else goes through one row of fp32 for each delta: the
 * compiler gives up inlining, and allocates every vector, in a loop that both reads the parents and elects signs. Three
 * deltas have a loop of their own, because their number is then a constant to the compiler.
 */
final class VectorConsensus {

    /** Rows start at different places of a memory page, lest the processor mistake one for another. */
    private static final int STRIDE = BLOCK + 4 * LANES;

    private final Consensus rule;
    private final float[] weights;
    private final float[] origin = new float[BLOCK];
    private final float[] rows;

    VectorConsensus(Consensus rule, List<WeightedDelta> deltas) {
        this.rule = rule;
        this.weights = new float[deltas.size()];
        for (int m = 0; m < weights.length; m++) {
            weights[m] = deltas.get(m).weight();
        }
        this.rows = new float[STRIDE * weights.length];
    }

    void merge(VectorInput base, VectorDelta[] deltas, float scale, float[] merged, int length) {
        if (rule == Consensus.SUM && deltas.length <= 3 && areWhole(deltas)) {
            // Absent parents are never loaded; a name for them spares null checks in the loop.
            VectorDelta second = deltas[deltas.length > 1 ? 1 : 0];
            sumWhole(base, deltas.length, deltas[0], second, deltas[deltas.length - 1], scale,
                    merged, length);
            return;
        }
        if (deltas.length == 3 && !deltas[0].isMasked() && !deltas[1].isMasked()
                && !deltas[2].isMasked()) {
            VectorDelta.writeThree(base, deltas[0], deltas[1], deltas[2], length, origin, rows,
                    STRIDE);
        } else {
            for (int i = 0; i < length; i += LANES) {
                base.load(i).intoArray(origin, i);
            }
            for (int m = 0; m < deltas.length; m++) {
                deltas[m].write(origin, length, rows, m * STRIDE);
            }
        }
        if (rule == Consensus.SUM) {
            sum(scale, merged, length);
        } else if (deltas.length == 3) {
            electThree(scale, merged, length);
        } else {
            elect(scale, merged, length);
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

    private static void sumWhole(VectorInput base, int count, VectorDelta a, VectorDelta b,
            VectorDelta c, float scale,
            float[] merged, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector start = base.load(i);
            FloatVector total = a.loadWhole(i, start);
            if (count > 1) {
                total = total.add(b.loadWhole(i, start));
            }
            if (count > 2) {
                total = total.add(c.loadWhole(i, start));
            }
            start.add(total.mul(scale)).intoArray(merged, i);
        }
    }

    private void sum(float scale, float[] merged, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(FLOATS, origin, i).add(total(i).mul(scale)).intoArray(merged, i);
        }
    }

    private FloatVector total(int index) {
        FloatVector total = FloatVector.fromArray(FLOATS, rows, index);
        for (int m = 1; m < weights.length; m++) {
            total = total.add(FloatVector.fromArray(FLOATS, rows, m * STRIDE + index));
        }
        return total;
    }

    private void electThree(float scale, float[] merged, int length) {
        float weightA = weights[0];
        float weightB = weights[1];
        float weightC = weights[2];
        boolean mean = rule == Consensus.ELECTED_MEAN;
        for (int i = 0; i < length; i += LANES) {
            FloatVector a = FloatVector.fromArray(FLOATS, rows, i);
            FloatVector b = FloatVector.fromArray(FLOATS, rows, STRIDE + i);
            FloatVector c = FloatVector.fromArray(FLOATS, rows, 2 * STRIDE + i);
            var positive = a.add(b).add(c).compare(VectorOperators.GE, 0);
            var agreesA = agrees(a, positive);
            var agreesB = agrees(b, positive);
            var agreesC = agrees(c, positive);
            FloatVector mixed = FloatVector.broadcast(FLOATS, -0.0f)
                    .add(a, agreesA)
                    .add(b, agreesB)
                    .add(c, agreesC);
            if (mean) {
                FloatVector divisor = FloatVector.zero(FLOATS)
                        .add(weightA, agreesA)
                        .add(weightB, agreesB)
                        .add(weightC, agreesC);
                mixed = mean(mixed, divisor);
            }
            FloatVector.fromArray(FLOATS, origin, i).add(mixed.mul(scale)).intoArray(merged, i);
        }
    }

    private void elect(float scale, float[] merged, int length) {
        for (int i = 0; i < length; i += LANES) {
            var positive = total(i).compare(VectorOperators.GE, 0);
            FloatVector mixed = FloatVector.broadcast(FLOATS, -0.0f);
            FloatVector divisor = FloatVector.zero(FLOATS);
            for (int m = 0; m < weights.length; m++) {
                FloatVector v = FloatVector.fromArray(FLOATS, rows, m * STRIDE + i);
                var agrees = agrees(v, positive);
                mixed = mixed.add(v, agrees);
                divisor = divisor.add(weights[m], agrees);
            }
            if (rule == Consensus.ELECTED_MEAN) {
                mixed = mean(mixed, divisor);
            }
            FloatVector.fromArray(FLOATS, origin, i).add(mixed.mul(scale)).intoArray(merged, i);
        }
    }

    private static VectorMask<Float> agrees(FloatVector v, VectorMask<Float> positive) {
        return v.neg().blend(v, positive).compare(VectorOperators.LE, 0).not();
    }

    private static FloatVector mean(FloatVector sum, FloatVector divisor) {
        return sum.div(divisor.blend(1, divisor.compare(VectorOperators.EQ, 0)));
    }
}
