package io.mendel.merge;

import io.mendel.checkpoint.TensorInfo;
import java.util.List;

/**
 * Model Breadcrumbs with the ranks taken in each row (the last axis), as the authors' code does.
 *
 * <p>
 * Of a row of n elements the {@code ⌊γ·n⌋} largest deltas are dropped and the next {@code ⌊density·n⌋} kept (at least 1
 * unless the density is 0); if there are not as many, fewer are dropped. Scalars keep their delta. Then
 * {@code base + scale·Σ wₜ·δₜ}. Davari, Belilovsky: Model breadcrumbs, 2024, https://arxiv.org/abs/2312.06795
 *
 * @param weights of the models
 * @param densities share of each row that is kept
 * @param gammas share of each row that is dropped as outliers
 * @param scale factor of the sum
 */
record RowBreadcrumbs(List<Double> weights, List<Double> densities, List<Double> gammas,
        double scale) implements BlockMerge {

    RowBreadcrumbs {
        weights = List.copyOf(weights);
        densities = List.copyOf(densities);
        gammas = List.copyOf(gammas);
    }

    @Override
    public long unit(TensorInfo output) {
        return BlockMerge.row(output);
    }

    @Override
    public BlockFunction resolve(BlockInputs inputs) {
        float[] weight = Floats.of(weights);
        float factor = (float) scale;
        int row = Math.toIntExact(inputs.row());
        boolean scalar = inputs.info().shape().isEmpty();
        return (runs, count, target) -> {
            float[] sum = new float[count];
            int[] magnitudes = new int[count];
            for (int m = 0; m < weight.length; m++) {
                for (int i = 0; i < count; i++) {
                    magnitudes[i] = Float.floatToIntBits(Math.abs(runs[m + 1][i] - runs[0][i]));
                }
                int kept = scalar ? 1 : (int) Trim.kept(densities.get(m), row);
                int dropped = Math.min((int) Math.floor(gammas.get(m) * row + 1e-9), row - kept);
                for (int from = 0; from < count; from += row) {
                    RowCut outer = RowCut.of(magnitudes, from, row, dropped);
                    RowCut inner = RowCut.of(magnitudes, from, row, dropped + kept);
                    for (int i = from; i < from + row; i++) {
                        if (inner.keeps(magnitudes[i], i - from)
                                && !outer.keeps(magnitudes[i], i - from)) {
                            sum[i] += weight[m] * (runs[m + 1][i] - runs[0][i]);
                        }
                    }
                }
            }
            for (int i = 0; i < count; i++) {
                target[i] = runs[0][i] + factor * sum[i];
            }
        };
    }
}
