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
        int done = Bfloat16Merge.weightedSum(inputs, coefficients, target);
        if (done == target.count()) {
            return;
        }
        VectorInput[] parents = inputs.stream().map(VectorInput::new).toArray(VectorInput[]::new);
        float[] sum = new float[BLOCK];
        short[] halves = VectorBlocks.scratch(target.storage());
        for (int from = done; from < target.count(); from += BLOCK) {
            int length = Math.min(BLOCK, target.count() - from);
            for (VectorInput parent : parents) {
                parent.load(from, length);
            }
            VectorSum.of(parents, coefficients, sum, length);
            VectorBlocks.store(sum, length, target, from, halves);
        }
    }

    @Override
    public void mergeDeltas(Elements base, List<WeightedDelta> deltas, Consensus consensus,
            float scale,
            long firstIndex, RoundedElements target) {
        int done = Bfloat16Merge.mergeDeltas(base, deltas, consensus, scale, firstIndex, target);
        if (done == target.count()) {
            return;
        }
        VectorInput origin = new VectorInput(base);
        VectorDelta[] parents = deltas.stream().map(VectorDelta::new).toArray(VectorDelta[]::new);
        var combine = new VectorConsensus(consensus, deltas);
        float[] merged = new float[BLOCK];
        short[] halves = VectorBlocks.scratch(target.storage());
        for (int from = done; from < target.count(); from += BLOCK) {
            int length = Math.min(BLOCK, target.count() - from);
            float[] start = origin.load(from, length);
            for (VectorDelta parent : parents) {
                parent.moveTo(start, from, firstIndex + from, length);
            }
            combine.merge(start, parents, scale, merged, length);
            VectorBlocks.store(merged, length, target, from, halves);
        }
    }

    @Override
    public void magnitudes(Elements base, Elements model, int[] bits) {
        VectorInput start = new VectorInput(base);
        VectorInput other = new VectorInput(model);
        int[] padded = new int[BLOCK];
        for (int from = 0; from < base.count(); from += BLOCK) {
            int length = Math.min(BLOCK, base.count() - from);
            VectorBlocks.magnitudes(start.load(from, length), other.load(from, length), length,
                    padded);
            System.arraycopy(padded, 0, bits, from, length);
        }
    }

    @Override
    public long count(Elements base, Elements model, MagnitudeRange range, int[] cells) {
        int done = Bfloat16Count.takes(base, model, range);
        long above = done == 0 ? 0 : Bfloat16Count.of(base, model, done, range, cells);
        return done == base.count()
                ? above
                : above + MergeKernels.super.count(base.slice(done, base.count() - done),
                        model.slice(done, base.count() - done), range, cells);
    }

    @Override
    public double norm(Elements base, Elements model, Keep keep, long firstIndex) {
        if (Bfloat16Norm.takes(base, model)) {
            return Bfloat16Norm.of(base, model, keep, firstIndex);
        }
        VectorInput origin = new VectorInput(base);
        VectorDelta delta = new VectorDelta(model, keep, 1);
        double[] sums = new double[8];
        for (int from = 0; from < base.count(); from += BLOCK) {
            int length = Math.min(BLOCK, base.count() - from);
            float[] start = origin.load(from, length);
            delta.moveTo(start, from, firstIndex + from, length);
            delta.addMagnitudes(start, length, sums);
        }
        return VectorBlocks.total(sums);
    }

    @Override
    public KeptNorm norms(Elements base, Elements model, Keep keep, long firstIndex) {
        return Bfloat16Norm.takes(base, model)
                ? Bfloat16Norm.both(base, model, keep, firstIndex)
                : MergeKernels.super.norms(base, model, keep, firstIndex);
    }

    @Override
    public void draw(Keep.Random mask, long firstIndex, long[] words, int from, int count) {
        VectorMasks.draw(mask, firstIndex, words, from, count);
    }

    @Override
    public double dot(Elements a, Elements b) {
        VectorInput left = new VectorInput(a);
        VectorInput right = new VectorInput(b);
        double[] sums = new double[8];
        for (int from = 0; from < a.count(); from += BLOCK) {
            int length = Math.min(BLOCK, a.count() - from);
            VectorBlocks.addProducts(left.load(from, length), right.load(from, length), length,
                    sums);
        }
        return VectorBlocks.total(sums);
    }

    @Override
    public DotProducts products(Elements a, Elements b) {
        VectorInput left = new VectorInput(a);
        VectorInput right = new VectorInput(b);
        double[][] sums = new double[3][8];
        for (int from = 0; from < a.count(); from += BLOCK) {
            int length = Math.min(BLOCK, a.count() - from);
            VectorBlocks.addGram(left.load(from, length), right.load(from, length), length, sums);
        }
        return new DotProducts(VectorBlocks.total(sums[0]), VectorBlocks.total(sums[1]),
                VectorBlocks.total(sums[2]));
    }
}
