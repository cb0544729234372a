package io.mendel.merge;

/** Floats as integers whose unsigned order is the floats' order; NaN is the largest, −0 lies just below 0. */
final class FloatOrder {

    private FloatOrder() {}

    static int key(float value) {
        int bits = Float.floatToIntBits(value);
        return bits < 0 ? ~bits : bits | Integer.MIN_VALUE;
    }

    static float value(int key) {
        return Float.intBitsToFloat(key < 0 ? key & Integer.MAX_VALUE : ~key);
    }
}
