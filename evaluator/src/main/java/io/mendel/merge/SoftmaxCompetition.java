package io.mendel.merge;

import java.util.Arrays;

/** The scores of the paper, see {@link CompetitionScore}. */
@SuppressWarnings("ArrayRecordComponent")
record SoftmaxCompetition(double[][] min, double[][] max, double[] intraSum, double[][] interSum,
        long elements) implements CompetitionScore {

    static SoftmaxCompetition of(GlobalInputs inputs, int models) {
        double[][] min = new double[models][models];
        double[][] max = new double[models][models];
        for (int t = 0; t < models; t++) {
            Arrays.fill(min[t], Double.POSITIVE_INFINITY);
            Arrays.fill(max[t], Double.NEGATIVE_INFINITY);
        }
        inputs.forEachTensor(tensor -> {
            float[] delta = new float[models];
            inputs.tensor(tensor).forEachBlock(1, (runs, count, first) -> {
                synchronized (min) {
                    for (int i = 0; i < count; i++) {
                        ParameterCompetition.deltas(runs, i, delta);
                        for (int t = 0; t < models; t++) {
                            for (int u = 0; u < models; u++) {
                                double product = (double) delta[t] * delta[u];
                                min[t][u] = Math.min(min[t][u], product);
                                max[t][u] = Math.max(max[t][u], product);
                            }
                        }
                    }
                }
            });
        });
        double[][][] sums = new double[models][models + 1][inputs.count()];
        var ranges = new SoftmaxCompetition(min, max, new double[models],
                new double[models][models], inputs.elements());
        inputs.forEachTensor(tensor -> {
            float[] delta = new float[models];
            inputs.tensor(tensor).forEachBlock(1, (runs, count, first) -> {
                for (int i = 0; i < count; i++) {
                    ParameterCompetition.deltas(runs, i, delta);
                    for (int t = 0; t < models; t++) {
                        for (int u = 0; u < models; u++) {
                            sums[t][u][tensor] += ranges.inter(delta, t, u);
                        }
                        sums[t][models][tensor] += ranges.intra(delta, t);
                    }
                }
            });
        });
        for (int t = 0; t < models; t++) {
            for (int u = 0; u < models; u++) {
                ranges.interSum[t][u] = CompetitionScore.sum(sums[t][u]);
            }
            ranges.intraSum[t] = CompetitionScore.sum(sums[t][models]);
        }
        return ranges;
    }

    private double inter(float[] delta, int t, int u) {
        double product = (double) delta[t] * delta[u];
        return StrictMath.exp(CompetitionScore.scaled(product, min[t][u], max[t][u]));
    }

    private double intra(float[] delta, int t) {
        double square = (double) delta[t] * delta[t];
        return StrictMath
                .exp(delta.length * CompetitionScore.scaled(square, min[t][t], max[t][t]));
    }

    @Override
    public void beta(float[] delta, float[] beta) {
        for (int t = 0; t < delta.length; t++) {
            double inter = 0;
            for (int u = 0; u < delta.length; u++) {
                inter += inter(delta, t, u) / interSum[t][u];
            }
            double intra = intra(delta, t) / intraSum[t];
            beta[t] = (float) (elements * intra * (elements * inter));
        }
    }

    @Override
    public double clipped(int model, float delta) {
        return delta;
    }
}
