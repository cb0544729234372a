package io.mendel.merge;

import io.mendel.merge.RankSelection.Found;
import io.mendel.merge.RankSelection.Rank;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * PCB-merging: every element of a delta competes with those of its own model (intra) and of the others (inter), losers
 * are dropped, winners averaged by their score.
 *
 * <p>
 * {@code β = intra ⊙ inter}, see {@link CompetitionScore}; the cut is the {@code ⌊d·(1 − ratio)⌋}-th β of the model in
 * ascending order. {@code s = (max(β, cut) − cut) / (max β − cut)}, or, in the paper's form, {@code s = β} of the first
 * {@code ⌊ratio·d + 1e-9⌋} (at least 1) in the order (β descending, tensor and flat index ascending). The result is
 * {@code base + scale · Σ wₜ·sₜ·δₜ / max(Σ sₜ, 1e-12)}. Scores are computed in fp64 and β is rounded to fp32 before it is
 * ranked. Du et al., Parameter competition balancing for model merging, 2024, https://arxiv.org/abs/2410.02396
 *
 * @param competition what competes, and how
 * @param weights factor of each model's deltas
 * @param scale factor of the combined delta
 */
record ParameterCompetition(Competition competition, List<Double> weights,
        double scale) implements GlobalMerge {

    private static final double SMALLEST_SUM = 1e-12;

    ParameterCompetition {
        weights = List.copyOf(weights);
    }

    /** Which formula of the score. */
    enum Variant {
        RELEASE, PAIRWISE, PAPER
    }

    /**
     * What tensors must have in common to compete.
     *
     * @param global whether all tensors are one vector, or each is one of its own
     * @param variant the formula
     * @param ratio share of the elements that win
     * @param clip share of the magnitudes that is clipped at either end
     */
    record Competition(boolean global, Variant variant, double ratio, double clip) {}

    private record Group(Competition competition, String tensor) {}

    @Override
    public Object group(String output) {
        return new Group(competition, competition.global ? "" : output);
    }

    @Override
    public List<ResolvedMerge> resolve(GlobalInputs inputs) {
        List<ResolvedMerge> resolved = new ArrayList<>();
        long d = inputs.elements();
        if (d == 0) {
            for (int t = 0; t < inputs.count(); t++) {
                resolved.add(new ResolvedMerge.Copy());
            }
            return resolved;
        }
        int models = weights.size();
        CompetitionScore score = CompetitionScore.of(competition, inputs, models);
        if (competition.variant == Variant.PAPER) {
            return exact(inputs, score);
        }
        long rank = (long) Math.floor(d * (1 - competition.ratio));
        List<Rank> ranks = new ArrayList<>();
        for (int m = 0; m < models; m++) {
            ranks.add(new Rank(m, Math.min(rank, d - 1)));
            ranks.add(new Rank(m, d - 1));
        }
        List<Found> found = RankSelection.select(inputs, (tensor, pass) -> inputs.tensor(tensor)
                .forEachBlock(1, (runs, count, first) -> betas(score, runs, count, pass)), models,
                ranks);
        float[] cut = new float[models];
        float[] largest = new float[models];
        for (int m = 0; m < models; m++) {
            cut[m] = found.get(2 * m).value();
            largest[m] = found.get(2 * m + 1).value();
        }
        for (int t = 0; t < inputs.count(); t++) {
            var rule = (ParameterCompetition) inputs.rule(t);
            resolved.add(new ResolvedMerge.Blocks(rule.function(score, cut, largest), 1));
        }
        return resolved;
    }

    private List<ResolvedMerge> exact(GlobalInputs inputs, CompetitionScore score) {
        int models = weights.size();
        // One thread at a time looks at a tensor.
        float[][] delta = new float[inputs.count()][models];
        Keep[][] winners = new GlobalTrim(inputs, (tensor, runs, i, beta) -> {
            deltas(runs, i, delta[tensor]);
            score.beta(delta[tensor], beta);
        }).keeps(Collections.nCopies(models, competition.ratio), false);
        return IntStream.range(0, inputs.count())
                .<ResolvedMerge>mapToObj(t -> new ResolvedMerge.Blocks(
                        new Exact((ParameterCompetition) inputs.rule(t), score, winners[t]), 1))
                .toList();
    }

    /** The paper's form. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Exact(ParameterCompetition rule, CompetitionScore score,
            Keep[] winners) implements BlockFunction {

        @Override
        public void applyAt(float[][] inputs, int count, long firstIndex, float[] target) {
            float[] delta = new float[winners.length];
            float[] beta = new float[winners.length];
            for (int i = 0; i < count; i++) {
                deltas(inputs, i, delta);
                score.beta(delta, beta);
                double sum = 0;
                double scores = 0;
                for (int m = 0; m < delta.length; m++) {
                    if (ScalarMergeKernels.keeps(winners[m], beta[m], firstIndex + i)) {
                        sum += rule.weights.get(m) * (double) beta[m] * delta[m];
                        scores += beta[m];
                    }
                }
                target[i] = rule.merged(inputs[0][i], sum, scores);
            }
        }

        @Override
        public void apply(float[][] inputs, int count, float[] target) {
            throw new IllegalStateException("Ties at the cut need the place of the run.");
        }
    }

    private float merged(float base, double sum, double scores) {
        return base + (float) (scale * (sum / Math.max(scores, SMALLEST_SUM)));
    }

    private static void betas(CompetitionScore score, float[][] runs, int count,
            RankSelection.Pass pass) {
        int models = runs.length - 1;
        int[][] keys = new int[models][count];
        float[] delta = new float[models];
        float[] beta = new float[models];
        for (int i = 0; i < count; i++) {
            deltas(runs, i, delta);
            score.beta(delta, beta);
            for (int m = 0; m < models; m++) {
                keys[m][i] = FloatOrder.key(beta[m]);
            }
        }
        for (int m = 0; m < models; m++) {
            pass.block(m, keys[m], count);
        }
    }

    static void deltas(float[][] runs, int i, float[] delta) {
        for (int m = 0; m < delta.length; m++) {
            delta[m] = runs[m + 1][i] - runs[0][i];
        }
    }

    private BlockFunction function(CompetitionScore score, float[] cut, float[] largest) {
        return (runs, count, target) -> {
            float[] delta = new float[cut.length];
            float[] beta = new float[cut.length];
            for (int i = 0; i < count; i++) {
                deltas(runs, i, delta);
                score.beta(delta, beta);
                double sum = 0;
                double scores = 0;
                for (int m = 0; m < cut.length; m++) {
                    double s = beta[m] > cut[m]
                            ? ((double) beta[m] - cut[m]) / ((double) largest[m] - cut[m])
                            : 0;
                    sum += weights.get(m) * s * score.clipped(m, delta[m]);
                    scores += s;
                }
                target[i] = merged(runs[0][i], sum, scores);
            }
        };
    }
}
