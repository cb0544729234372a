package io.mendel.merge;

import io.mendel.checkpoint.TensorInfo;
import java.util.List;

/**
 * Static Twin-merging: a shared model plus the gated low-rank remainder of each model.
 *
 * <p>
 * {@code θₛ = base + λ·Σ wₜ·δₜ}, {@code θ = θₛ + Σ gₜ·SVDᵣ(θₜ − θₛ)}. Tensors that are no linear maps keep the whole
 * remainder. With all gates 0 the result is task arithmetic; with full rank and one gate of 1 it is that model. Lu et al.,
 * Twin-Merging, 2024, https://arxiv.org/abs/2406.15479
 *
 * @param weights of the models in the shared one
 * @param gates share of each model's remainder
 * @param scale λ
 * @param fraction share of the singular values that is kept, at least one of them unless it is 0
 * @param rank how many singular values are kept; 0 for {@code fraction}
 * @param embeddings whether embeddings count as linear maps
 */
record TwinMerge(List<Double> weights, List<Double> gates, double scale, double fraction,
        int rank, boolean embeddings) implements BlockMerge {

    TwinMerge {
        weights = List.copyOf(weights);
        gates = List.copyOf(gates);
    }

    @Override
    public long unit(TensorInfo output) {
        return WholeMatrix.unit(output, embeddings);
    }

    @Override
    public BlockFunction resolve(BlockInputs inputs) {
        float[] weight = Floats.of(weights);
        float factor = (float) scale;
        TensorInfo info = inputs.info();
        return (runs, count, target) -> {
            float[] shared = new float[count];
            for (int i = 0; i < count; i++) {
                shared[i] = runs[0][i] + factor * ConsensusMask.sum(runs, weight, i);
            }
            double[] exclusive = new double[count];
            for (int m = 0; m < weight.length; m++) {
                double gate = gates.get(m);
                if (gate == 0) {
                    continue;
                }
                double[] remainder = new double[count];
                for (int i = 0; i < count; i++) {
                    remainder[i] = runs[m + 1][i] - shared[i];
                }
                if (WholeMatrix.isLinear(info, embeddings)) {
                    remainder = truncated(remainder, WholeMatrix.of(info));
                }
                for (int i = 0; i < count; i++) {
                    exclusive[i] += gate * remainder[i];
                }
            }
            for (int i = 0; i < count; i++) {
                target[i] = (float) (shared[i] + exclusive[i]);
            }
        };
    }

    private double[] truncated(double[] matrix, WholeMatrix shape) {
        int size = Math.min(shape.rows(), shape.columns());
        int kept = rank > 0 ? rank : (int) Trim.kept(fraction, size);
        return kept >= size
                ? matrix
                : shape.decompose(matrix).truncated(kept, shape.rows(), shape.columns());
    }
}
