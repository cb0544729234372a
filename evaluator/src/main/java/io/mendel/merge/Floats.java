package io.mendel.merge;

import java.util.List;

/** Parameters as the fp32 numbers that element-wise arithmetic uses. */
final class Floats {

    private Floats() {}

    static float[] of(List<Double> values) {
        float[] rounded = new float[values.size()];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = values.get(i).floatValue();
        }
        return rounded;
    }
}
