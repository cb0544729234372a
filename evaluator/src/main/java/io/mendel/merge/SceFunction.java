package io.mendel.merge;

/**
 * The third step of {@link Sce}.
 *
 * @param selected the positions, by the variance of their deltas; threshold 0 selects all
 * @param weights one for each model
 */
@SuppressWarnings("ArrayRecordComponent")
record SceFunction(Keep.Largest selected, float[] weights) implements BlockFunction {

    @Override
    public void apply(float[][] inputs, int count, float[] target) {
        applyAt(inputs, count, 0, target);
    }

    @Override
    public void applyAt(float[][] inputs, int count, long firstIndex, float[] target) {
        for (int i = 0; i < count; i++) {
            target[i] = isSelected(selected, inputs, i, firstIndex)
                    ? inputs[0][i] + mean(inputs, i)
                    : inputs[0][i];
        }
    }

    static boolean isSelected(Keep.Largest selected, float[][] inputs, int element,
            long firstIndex) {
        if (selected.bits() == 0) {
            return true;
        }
        int variance = Sce.variance(inputs, element);
        return variance > selected.bits()
                || (variance == selected.bits() && firstIndex + element < selected.cut());
    }

    private float mean(float[][] inputs, int element) {
        float origin = inputs[0][element];
        float sum = -0.0f;
        for (int m = 1; m < inputs.length; m++) {
            sum += inputs[m][element] - origin;
        }
        boolean positive = sum >= 0;
        float elected = -0.0f;
        float divisor = 0;
        for (int m = 1; m < inputs.length; m++) {
            float delta = inputs[m][element] - origin;
            boolean disagrees = positive ? delta <= 0 : delta >= 0;
            if (!disagrees) {
                elected += weights[m - 1] * delta;
                divisor += weights[m - 1];
            }
        }
        return divisor == 0 ? elected : elected / divisor;
    }
}
