package io.mendel.merge;

import io.mendel.checkpoint.TensorInfo;
import org.jspecify.annotations.Nullable;

/**
 * A linear combination with coefficients of its own for each row (last axis), from the inner products of the rows.
 *
 * @param rule gives the coefficients
 * @param deltas whether deltas from the first input are combined and added to it, instead of the inputs themselves
 */
record RowCombination(CombinationMerge rule, boolean deltas) implements BlockMerge {

    @Override
    public long unit(TensorInfo output) {
        return BlockMerge.row(output);
    }

    @Override
    public BlockFunction resolve(BlockInputs inputs) {
        int row = Math.toIntExact(inputs.row());
        return (runs, count, target) -> {
            float[][] vectors = deltas ? DeltaRuns.of(runs, count) : runs;
            for (int from = 0; from < count; from += row) {
                combineRow(deltas ? runs[0] : null, vectors, from, from + row, target);
            }
        };
    }

    private void combineRow(float @Nullable [] base, float[][] vectors,
            int from, int to, float[] target) {
        double[] coefficients = rule.coefficients(new RowGram(vectors, from, to), vectors.length);
        for (int i = from; i < to; i++) {
            float sum = -0.0f;
            for (int m = 0; m < vectors.length; m++) {
                sum += (float) coefficients[m] * vectors[m][i];
            }
            target[i] = base == null ? sum : base[i] + sum;
        }
    }
}
