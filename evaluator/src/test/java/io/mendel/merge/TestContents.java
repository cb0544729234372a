package io.mendel.merge;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/** Elements on which engines are compared: of all sizes, special ones, and such that tie. */
final class TestContents {

    private static final float[] SPECIAL = {0f, -0f, 1f, -1f, Float.MIN_VALUE, -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        Float.MAX_VALUE, -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
        Float.NaN,
        Float.intBitsToFloat(0xffc0_1234), Float.intBitsToFloat(0x7f80_0001), 65504f, 65520f, 1e-8f,
        6e-8f, 0.1f};

    private TestContents() {}

    /** How the values of the model of a number are made. */
    static List<IntFunction<float[]>> of(int size) {
        return List.of(m -> random(size, m), m -> special(size, m), m -> equalMagnitudes(size, m));
    }

    static float[] random(int size, int seed) {
        var random = new SplittableRandom(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (random.nextDouble() - 0.5)
                    * (float) Math.scalb(1.0, random.nextInt(-30, 10));
        }
        return values;
    }

    private static float[] special(int size, int seed) {
        var random = new SplittableRandom(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = SPECIAL[random.nextInt(SPECIAL.length)];
        }
        return values;
    }

    private static float[] equalMagnitudes(int size, int seed) {
        var random = new SplittableRandom(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = seed == 0 ? 0 : random.nextBoolean() ? 0.5f : -0.5f;
        }
        return values;
    }
}
