package io.mendel.merge;

import io.mendel.checkpoint.TensorInfo;
import java.util.Arrays;

/**
 * {@link NuSlerp} with an angle for each column: the elements that differ in the index of the first axis only.
 *
 * @param rule gives the coefficients
 * @param deltas whether deltas from the first input are combined and added to it, instead of the inputs themselves
 */
record ColumnNuSlerp(NuSlerp rule, boolean deltas) implements BlockMerge {

    @Override
    public long unit(TensorInfo output) {
        long first = output.shape().isEmpty() ? 1 : output.shape().getFirst();
        return first == 0 ? 1 : Math.max(1, output.elements() / first);
    }

    @Override
    public BlockFunction resolve(BlockInputs inputs) {
        int columns = Math.toIntExact(inputs.elements() / Math.max(1, inputs.firstAxis()));
        var products = new double[3][columns];
        inputs.forEachBlock(Math.max(1, columns), (runs, count, firstIndex) -> {
            float[][] vectors = deltas ? DeltaRuns.of(runs, count) : runs;
            for (int i = 0; i < count; i++) {
                int column = i % columns;
                double a = vectors[0][i];
                double b = vectors[1][i];
                products[0][column] += a * a;
                products[1][column] += a * b;
                products[2][column] += b * b;
            }
        });
        var factors = new float[2][columns];
        for (int column = 0; column < columns; column++) {
            int at = column;
            double[] coefficients = rule.coefficients((a, b) -> products[a + b][at], 2);
            factors[0][column] = (float) coefficients[0];
            factors[1][column] = (float) coefficients[1];
        }
        float[] all = Arrays.copyOf(factors[0], 2 * columns);
        System.arraycopy(factors[1], 0, all, columns, columns);
        return new FusedFunction((runs, count, target) -> {
            float[][] vectors = deltas ? DeltaRuns.of(runs, count) : runs;
            for (int i = 0; i < count; i++) {
                int column = i % columns;
                float sum = factors[0][column] * vectors[0][i]
                        + factors[1][column] * vectors[1][i];
                target[i] = deltas ? runs[0][i] + sum : sum;
            }
        }, new FusedMerge.Columns(columns, all, deltas));
    }
}
