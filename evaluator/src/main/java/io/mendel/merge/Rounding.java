package io.mendel.merge;

import io.mendel.checkpoint.DType;

/** Rounds fp32 to a storage type, to nearest, ties to even; every NaN becomes the same quiet NaN. */
final class Rounding {

    private static final int INFINITY_BITS = 0x7f80_0000;
    private static final short BFLOAT16_NAN = 0x7fc0;
    private static final short FLOAT16_NAN = 0x7e00;

    private Rounding() {}

    static short toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fff_ffff) > INFINITY_BITS) {
            return BFLOAT16_NAN;
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    static float fromBfloat16(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    static short toFloat16(float value) {
        return Float.isNaN(value) ? FLOAT16_NAN : Float.floatToFloat16(value);
    }

    /** The nearest number that {@code type} can hold, as fp32. */
    static float round(float value, DType type) {
        return switch (type) {
            case F32 -> Float.intBitsToFloat(Float.floatToIntBits(value));
            case BF16 -> fromBfloat16(toBfloat16(value));
            case F16 -> Float.float16ToFloat(toFloat16(value));
            case F64, I64, I32, I16, I8, U64, U32, U16, U8, BOOL ->
                throw new IllegalArgumentException(
                        "Merged weights are stored as F32, F16 or BF16, not as " + type + ".");
        };
    }
}
