package io.mendel.merge;

import java.util.Arrays;

/**
 * Select, calculate, erase: deltas are selected by their variance over the models, weighted by their mean square, and
 * averaged where they have the elected sign.
 *
 * <ol>
 * <li>Of the {@code z} positions whose variance is not 0, the first {@code ⌊topk·z + 1e-9⌋} (at least 1) in the order
 * (variance descending, index ascending) are selected; all positions if topk is 1. Variances are computed in fp64 and
 * compared as fp32.</li>
 * <li>A model's weight is its share of the sum of the selected deltas' squares; shares are equal if the sum is 0.</li>
 * <li>The sum of the selected deltas elects "positive" if it is at least 0, else "negative"; deltas of the other sign
 * and zeros are erased. What is left is averaged with the weights.</li>
 * </ol>
 *
 * Inputs are the base and the models. Wan et al., FuseChat, 2024, https://arxiv.org/abs/2408.07990
 *
 * @param topk share of the positions that is selected, 0 to 1
 */
record Sce(double topk) implements BlockMerge {

    @Override
    public BlockFunction resolve(BlockInputs inputs) {
        Keep.Largest selected = topk >= 1
                ? new Keep.Largest(0, inputs.elements())
                : select(inputs);
        float[] weights = weights(inputs, selected);
        return new FusedFunction(new SceFunction(selected, weights),
                new FusedMerge.Selected(selected, weights));
    }

    private Keep.Largest select(BlockInputs inputs) {
        var variances = new DerivedBits(inputs, 1, (runs, count, firstIndex, bits) -> {
            for (int i = 0; i < count; i++) {
                bits[i] = variance(runs, i);
            }
        });
        long[] varying = {0};
        variances.forEachBlock((bits, count, firstIndex) -> {
            for (int i = 0; i < count; i++) {
                varying[0] += bits[i] > 0 ? 1 : 0;
            }
        });
        long kept = Trim.kept(topk, varying[0]);
        return MagnitudeSelection.select(variances, new long[]{kept})[0].keep();
    }

    /** Bit pattern of the population variance of the deltas of an element. */
    static int variance(float[][] runs, int element) {
        float origin = runs[0][element];
        double sum = 0;
        for (int m = 1; m < runs.length; m++) {
            sum += runs[m][element] - origin;
        }
        double mean = sum / (runs.length - 1);
        double squares = 0;
        for (int m = 1; m < runs.length; m++) {
            double deviation = (runs[m][element] - origin) - mean;
            squares += deviation * deviation;
        }
        return Float.floatToIntBits((float) (squares / (runs.length - 1)));
    }

    private float[] weights(BlockInputs inputs, Keep.Largest selected) {
        double[] squares = new double[inputs.count() - 1];
        inputs.forEachBlock(1, (runs, count, firstIndex) -> {
            for (int i = 0; i < count; i++) {
                if (SceFunction.isSelected(selected, runs, i, firstIndex)) {
                    for (int m = 0; m < squares.length; m++) {
                        double delta = runs[m + 1][i] - runs[0][i];
                        squares[m] += delta * delta;
                    }
                }
            }
        });
        double sum = Arrays.stream(squares).sum();
        float[] weights = new float[squares.length];
        for (int m = 0; m < weights.length; m++) {
            weights[m] = (float) (sum == 0 ? 1.0 / weights.length : squares[m] / sum);
        }
        return weights;
    }
}
