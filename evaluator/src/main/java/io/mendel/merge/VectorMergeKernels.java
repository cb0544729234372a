package io.mendel.merge;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The arithmetic on vectors of the widest species of the machine, equal to {@link ScalarMergeKernels} bit for bit.
 *
 * <p>
 * Runs are cut into blocks whose intermediate values stay in the first-level cache; each parent is read from memory once
 * and the result is written once. Block arrays are padded to whole vectors, so that loops need no tails; padding is
 * never stored.
 */
final class VectorMergeKernels implements MergeKernels {

    /** At most 512 bits, because {@link #dot} has eight sums. */
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED.vectorBitSize() > 512
            ? FloatVector.SPECIES_512
            : FloatVector.SPECIES_PREFERRED;
    static final int LANES = FLOATS.length();
    /** Elements of a block; a multiple of 64. */
    static final int BLOCK = 512;

    @Override
    public String name() {
        return "vector";
    }

    @Override
    public void weightedSum(List<Elements> inputs, float[] coefficients, RoundedElements target) {
        VectorInput[] parents = inputs.stream().map(VectorInput::new).toArray(VectorInput[]::new);
        float[] sum = new float[BLOCK];
        for (int from = 0; from < target.count(); from += BLOCK) {
            int length = Math.min(BLOCK, target.count() - from);
            for (int m = 0; m < parents.length; m++) {
                parents[m].moveTo(from, length);
                if (m == 0) {
                    multiply(parents[m], coefficients[m], sum, length);
                } else {
                    addProduct(parents[m], coefficients[m], sum, length);
                }
            }
            VectorBlocks.store(sum, length, target, from);
        }
    }

    private static void multiply(VectorInput x, float factor, float[] y, int length) {
        for (int i = 0; i < length; i += LANES) {
            x.load(i).mul(factor).intoArray(y, i);
        }
    }

    private static void addProduct(VectorInput x, float factor, float[] sum, int length) {
        for (int i = 0; i < length; i += LANES) {
            FloatVector.fromArray(FLOATS, sum, i).add(x.load(i).mul(factor)).intoArray(sum, i);
        }
    }

    @Override
    public void mergeDeltas(Elements base, List<WeightedDelta> deltas, Consensus consensus,
            float scale,
            long firstIndex, RoundedElements target) {
        VectorInput origin = new VectorInput(base);
        VectorDelta[] parents = deltas.stream().map(VectorDelta::new).toArray(VectorDelta[]::new);
        var combine = new VectorConsensus(consensus, deltas);
        float[] merged = new float[BLOCK];
        for (int from = 0; from < target.count(); from += BLOCK) {
            int length = Math.min(BLOCK, target.count() - from);
            origin.moveTo(from, length);
            for (VectorDelta parent : parents) {
                parent.moveTo(origin, from, firstIndex + from, length);
            }
            combine.merge(origin, parents, scale, merged, length);
            VectorBlocks.store(merged, length, target, from);
        }
    }

    @Override
    public void magnitudes(Elements base, Elements model, int[] bits) {
        VectorInput start = new VectorInput(base);
        VectorInput other = new VectorInput(model);
        int[] padded = new int[BLOCK];
        for (int from = 0; from < base.count(); from += BLOCK) {
            int length = Math.min(BLOCK, base.count() - from);
            start.moveTo(from, length);
            other.moveTo(from, length);
            for (int i = 0; i < length; i += LANES) {
                VectorBlocks.magnitude(other.load(i).sub(start.load(i))).intoArray(padded, i);
            }
            System.arraycopy(padded, 0, bits, from, length);
        }
    }

    @Override
    public long keptMagnitude(Elements base, Elements model, Keep.Random mask, long firstIndex,
            int exponent) {
        float[] start = new float[BLOCK];
        float[] other = new float[BLOCK];
        double unit = Math.scalb(1.0, exponent);
        long sum = 0;
        for (int from = 0; from < base.count(); from += BLOCK) {
            int length = Math.min(BLOCK, base.count() - from);
            VectorBlocks.widen(base, from, length, start);
            VectorBlocks.widen(model, from, length, other);
            sum += VectorMasks.keptMagnitude(start, other, length, mask, firstIndex + from, unit);
        }
        return sum;
    }

    @Override
    public double dot(Elements a, Elements b) {
        float[] left = new float[BLOCK];
        float[] right = new float[BLOCK];
        double[] sums = new double[8];
        for (int from = 0; from < a.count(); from += BLOCK) {
            int length = Math.min(BLOCK, a.count() - from);
            VectorBlocks.widen(a, from, length, left);
            VectorBlocks.widen(b, from, length, right);
            VectorBlocks.addProducts(left, right, length, sums);
        }
        double total = 0;
        for (double sum : sums) {
            total += sum;
        }
        return total;
    }
}
