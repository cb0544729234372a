package io.mendel.merge;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Averages sparse models without filling their zeros: one mask for all.
 *
 * <p>
 * The mean is 0 where the intersection is asked for and any model is 0; then the {@code ⌊density·n + 1e-9⌋} largest
 * magnitudes of it survive, by (magnitude descending, tensor and flat index ascending). The result has exactly the
 * non-zeros of the mask, unless the mean itself is 0 there. Zimmer et al., Sparse model soups, 2024,
 * https://arxiv.org/abs/2306.16788
 *
 * @param mask what is looked at together, and how it is pruned
 * @param weights of the models, normalised
 */
record MaskedSoup(Mask mask, List<Double> weights) implements GlobalMerge {

    MaskedSoup {
        weights = List.copyOf(weights);
    }

    /**
     * The common mask.
     *
     * @param global whether all tensors are pruned as one vector, or each on its own
     * @param intersection whether an element must be non-zero in all models
     * @param density share of the elements that survives
     */
    record Mask(boolean global, boolean intersection, double density) {}

    private record Group(Mask mask, String tensor) {}

    @Override
    public Object group(String output) {
        return new Group(mask, mask.global ? "" : output);
    }

    @Override
    public List<ResolvedMerge> resolve(GlobalInputs inputs) {
        Mean[] means = new Mean[inputs.count()];
        for (int t = 0; t < means.length; t++) {
            means[t] = new Mean(Floats.of(((MaskedSoup) inputs.rule(t)).weights),
                    mask.intersection);
        }
        Keep[][] keeps = new GlobalTrim(inputs,
                (tensor, runs, i, numbers) -> numbers[0] = means[tensor].of(runs, i))
                .keeps(List.of(mask.density), false);
        return IntStream.range(0, means.length)
                .<ResolvedMerge>mapToObj(t -> new ResolvedMerge.Blocks(
                        new FusedFunction(new Pruned(means[t], keeps[t][0]),
                                new FusedMerge.Masked(means[t].weights, mask.intersection,
                                        keeps[t][0])),
                        1))
                .toList();
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Mean(float[] weights, boolean intersection) {
        float of(float[][] runs, int i) {
            float sum = weights[0] * runs[0][i];
            boolean everywhere = runs[0][i] != 0;
            for (int m = 1; m < weights.length; m++) {
                sum += weights[m] * runs[m][i];
                everywhere &= runs[m][i] != 0;
            }
            return intersection && !everywhere ? 0 : sum;
        }
    }

    private record Pruned(Mean mean, Keep keep) implements BlockFunction {
        @Override
        public void applyAt(float[][] inputs, int count, long firstIndex, float[] target) {
            for (int i = 0; i < count; i++) {
                float value = mean.of(inputs, i);
                target[i] = ScalarMergeKernels.keeps(keep, value, firstIndex + i)
                        ? value
                        : 0;
            }
        }

        @Override
        public void apply(float[][] inputs, int count, float[] target) {
            throw new IllegalStateException("Ties at the cut need the place of the run.");
        }
    }
}
