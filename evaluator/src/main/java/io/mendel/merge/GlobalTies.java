package io.mendel.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * TIES as its authors wrote it: magnitudes are ranked, and the majority is counted, over the concatenation of all tensors.
 *
 * <p>
 * The exact rule keeps the first {@code ⌊density·n + 1e-9⌋} elements in the order (magnitude descending, tensor and flat
 * index ascending); the threshold rule keeps every magnitude that is at least the {@code (n − ⌊density·n⌋)}-th smallest.
 * Where the weighted sum of what is kept is 0, the elected sign is positive, or that of {@code Σ sgn(sum)} over the
 * group. Yadav et al., TIES-Merging, 2023, https://arxiv.org/abs/2306.01708
 *
 * @param scope what is looked at together, and how it is trimmed
 * @param weights of the models
 * @param consensus how the elected deltas are combined
 * @param scale factor of the combined delta
 */
record GlobalTies(Scope scope, List<Double> weights, Consensus consensus,
        double scale) implements GlobalMerge {

    GlobalTies {
        weights = List.copyOf(weights);
    }

    /**
     * What tensors must have in common to be looked at together.
     *
     * @param global whether all tensors are one vector, or each is one of its own
     * @param threshold the rule of trimming: threshold, or exact
     * @param majority whether a sum of 0 takes the sign of the majority
     * @param densities of the models
     */
    record Scope(boolean global, boolean threshold, boolean majority, List<Double> densities) {
        Scope {
            densities = List.copyOf(densities);
        }
    }

    private record Group(Scope scope, String tensor) {}

    @Override
    public Object group(String output) {
        return new Group(scope, scope.global ? "" : output);
    }

    @Override
    public List<ResolvedMerge> resolve(GlobalInputs inputs) {
        Keep[][] keeps = new GlobalTrim(inputs, GlobalTrim::deltas)
                .keeps(scope.densities, scope.threshold);
        float sign = scope.majority && majority(inputs, keeps) < 0 ? -1 : 1;
        List<ResolvedMerge> resolved = new ArrayList<>();
        for (int t = 0; t < inputs.count(); t++) {
            var rule = (GlobalTies) inputs.rule(t);
            var deltas = new ArrayList<ResolvedMerge.Delta>();
            for (int m = 0; m < rule.weights.size(); m++) {
                float weight = rule.weights.get(m).floatValue();
                // The kernels elect "positive" where the sum is 0; with all signs turned around, that is "negative".
                deltas.add(new ResolvedMerge.Delta(KeepRule.always(keeps[t][m]), sign * weight,
                        weight));
            }
            resolved.add(new ResolvedMerge.Deltas(deltas, rule.consensus,
                    sign * (float) rule.scale));
        }
        return resolved;
    }

    /** {@code Σ sgn(Σ wₜ·δₜ)} over all elements. */
    private static long majority(GlobalInputs inputs, Keep[][] keeps) {
        var total = new LongAdder();
        inputs.forEachTensor(t -> {
            float[] weights = Floats.of(((GlobalTies) inputs.rule(t)).weights);
            inputs.tensor(t).forEachBlock(1, (runs, count, first) -> {
                long signs = 0;
                for (int i = 0; i < count; i++) {
                    float sum = -0f;
                    for (int m = 0; m < weights.length; m++) {
                        float delta = runs[m + 1][i] - runs[0][i];
                        if (ScalarMergeKernels.keeps(keeps[t][m], delta, first + i)) {
                            sum += delta * weights[m];
                        }
                    }
                    signs += (long) Math.signum(sum);
                }
                total.add(signs);
            });
        });
        return total.sum();
    }
}
