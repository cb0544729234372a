package io.mendel.merge;

import io.mendel.checkpoint.TensorInfo;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * OPCM: models are added one after the other, each without what lies along the directions that are merged already.
 *
 * <p>
 * With {@code M₁ = s·δ₁} and the singular value decomposition {@code Mₜ₋₁ = U·Σ·Vᵀ}, a linear map gets
 * {@code Mₜ = Mₜ₋₁ + U·P·Vᵀ} where {@code P = Uᵀ·δₜ·V} without its diagonal and without the leading r × r block; r is the
 * index, from 0, of the first singular value at which the cumulated share exceeds α. Other tensors get
 * {@code Mₜ = Mₜ₋₁ + δₜ}. The result is {@code base + scale·M/λ}, {@code λ = ‖M‖ / mean ‖δₜ‖} over the whole model. The paper
 * divides by λ after every step, which changes no direction and cancels out.
 *
 * <p>
 * To go on with a finished merge, list it first, with the number of its parents and its λ as {@code mergedCount} and
 * {@code s = mergedScale}. Tang et al., Merging models on the fly without retraining, 2025,
 * https://arxiv.org/abs/2501.09522
 *
 * @param settings the parameters
 */
record OrthogonalProjection(Settings settings) implements GlobalMerge {

    /**
     * The parameters, the same for all tensors.
     *
     * @param alpha share of the singular values that is protected
     * @param scale factor of the merged delta
     * @param mergedCount how many parents the first model was merged from
     * @param mergedScale λ of that merge
     * @param embeddings whether embeddings count as linear maps
     */
    record Settings(double alpha, double scale, int mergedCount, double mergedScale,
            boolean embeddings) {}

    @Override
    public Object group(String output) {
        return settings;
    }

    @Override
    public List<ResolvedMerge> resolve(GlobalInputs inputs) {
        int models = inputs.merge(0).inputs().size() - 1;
        double[][] squares = new double[models][inputs.count()];
        double[] merged = new double[inputs.count()];
        List<Sequence> sequences = new ArrayList<>();
        for (int t = 0; t < inputs.count(); t++) {
            sequences.add(new Sequence(settings, inputs.merge(t).output()));
        }
        inputs.forEachTensor(t -> {
            Sequence sequence = sequences.get(t);
            inputs.tensor(t).forEachBlock(sequence.unit(), (runs, count, first) -> {
                for (int m = 0; m < models; m++) {
                    for (int i = 0; i < count; i++) {
                        double delta = runs[m + 1][i] - runs[0][i];
                        squares[m][t] += delta * delta;
                    }
                }
                float[] sum = sequence.merged(runs, count);
                for (int i = 0; i < count; i++) {
                    merged[t] += (double) sum[i] * sum[i];
                }
            });
        });
        double norms = settings.mergedCount * Math.sqrt(CompetitionScore.sum(squares[0]));
        for (int m = 1; m < models; m++) {
            norms += Math.sqrt(CompetitionScore.sum(squares[m]));
        }
        double mean = norms / (settings.mergedCount + models - 1);
        double norm = Math.sqrt(CompetitionScore.sum(merged));
        double lambda = mean > 0 && norm > 0 ? norm / mean : 1;
        return sequences.stream()
                .<ResolvedMerge>map(sequence -> new ResolvedMerge.Blocks(
                        new Projected(sequence, lambda, (float) settings.scale), sequence.unit()))
                .toList();
    }

    /** A resolved tensor, which knows λ of the whole merge. */
    record Projected(Sequence sequence, double lambda, float scale) implements BlockFunction {
        @Override
        public void apply(float[][] inputs, int count, float[] target) {
            float[] sum = sequence.merged(inputs, count);
            for (int i = 0; i < count; i++) {
                target[i] = inputs[0][i] + scale * (float) (sum[i] / lambda);
            }
        }
    }

    /** {@code M} of one tensor; that of a linear map is kept as long as memory lasts. */
    static final class Sequence {
        private final Settings settings;
        private final TensorInfo output;
        private volatile SoftReference<float @Nullable []> known = new SoftReference<>(null);

        Sequence(Settings settings, TensorInfo output) {
            this.settings = settings;
            this.output = output;
        }

        long unit() {
            return WholeMatrix.unit(output, settings.embeddings);
        }

        float[] merged(float[][] runs, int count) {
            if (!WholeMatrix.isLinear(output, settings.embeddings)) {
                return sum(runs, count);
            }
            float[] kept = known.get();
            if (kept == null) {
                kept = projected(runs, count);
                known = new SoftReference<>(kept);
            }
            return kept;
        }

        private float[] sum(float[][] runs, int count) {
            float first = (float) settings.mergedScale;
            float[] sum = new float[count];
            for (int i = 0; i < count; i++) {
                sum[i] = first * (runs[1][i] - runs[0][i]);
                for (int m = 2; m < runs.length; m++) {
                    sum[i] += runs[m][i] - runs[0][i];
                }
            }
            return sum;
        }

        private float[] projected(float[][] runs, int count) {
            WholeMatrix shape = WholeMatrix.of(output);
            double[] merged = new double[count];
            double[] delta = new double[count];
            for (int i = 0; i < count; i++) {
                merged[i] = settings.mergedScale * (runs[1][i] - runs[0][i]);
            }
            for (int m = 2; m < runs.length; m++) {
                for (int i = 0; i < count; i++) {
                    delta[i] = runs[m][i] - runs[0][i];
                }
                remove(shape.decompose(merged), delta, shape.columns());
                for (int i = 0; i < count; i++) {
                    merged[i] += delta[i];
                }
            }
            float[] rounded = new float[count];
            for (int i = 0; i < count; i++) {
                rounded[i] = (float) merged[i];
            }
            return rounded;
        }

        /** Takes the protected directions out of a delta. */
        private void remove(ThinSvd svd, double[] delta, int columns) {
            int r = split(svd);
            double[][] left = new double[svd.rank()][];
            for (int k = 0; k < svd.rank(); k++) {
                left[k] = ThinSvd.leftProduct(svd.u()[k], delta, columns);
            }
            for (int k = 0; k < svd.rank(); k++) {
                double[] row = new double[columns];
                for (int l = k < r ? 0 : k; l < (k < r ? r : k + 1); l++) {
                    double coefficient = ThinSvd.dot(left[k], svd.v()[l]);
                    for (int j = 0; j < columns; j++) {
                        row[j] += coefficient * svd.v()[l][j];
                    }
                }
                ThinSvd.addOuter(delta, -1, svd.u()[k], row);
            }
        }

        private int split(ThinSvd svd) {
            double total = CompetitionScore.sum(svd.sigma());
            double cumulated = 0;
            for (int i = 0; i < svd.rank(); i++) {
                cumulated += svd.sigma()[i];
                if (cumulated / total > settings.alpha) {
                    return i;
                }
            }
            return svd.rank();
        }
    }
}
