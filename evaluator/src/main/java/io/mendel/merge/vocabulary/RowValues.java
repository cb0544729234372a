package io.mendel.merge.vocabulary;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Rows of floating-point tensors as fp64, and back with one rounding, to nearest, ties to even. */
final class RowValues {

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private RowValues() {}

    /** Bytes of a row. */
    static long rowBytes(Tensor tensor) {
        return tensor.info().byteSize() / tensor.info().shape().getFirst();
    }

    /** A row as it is stored. */
    static MemorySegment row(Tensor tensor, long row) {
        return tensor.data().asSlice(row * rowBytes(tensor), rowBytes(tensor));
    }

    /** Adds stored numbers to a sum. */
    static void add(MemorySegment row, DType dtype, double[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += switch (dtype) {
                case F32 -> row.get(FLOAT, 4L * i);
                case BF16 -> Float.intBitsToFloat(row.get(SHORT, 2L * i) << 16);
                case F16 -> Float.float16ToFloat(row.get(SHORT, 2L * i));
                case F64 -> row.get(DOUBLE, 8L * i);
                case I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> throw notFloat(dtype);
            };
        }
    }

    /** Stores finite numbers. */
    static void store(double[] values, DType dtype, MemorySegment row) {
        for (int i = 0; i < values.length; i++) {
            switch (dtype) {
                case F32 -> row.set(FLOAT, 4L * i, (float) values[i]);
                case BF16 -> row.set(SHORT, 2L * i, toBfloat16(values[i]));
                case F16 -> row.set(SHORT, 2L * i, Float.floatToFloat16(toOdd(values[i])));
                case F64 -> row.set(DOUBLE, 8L * i, values[i]);
                case I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> throw notFloat(dtype);
            }
        }
    }

    private static short toBfloat16(double value) {
        int bits = Float.floatToRawIntBits(toOdd(value));
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    /**
     * To fp32 such that a second rounding, to a shorter type, gives the nearest number all the same: an inexact result
     * is cut and gets an odd last bit.
     *
     * <p>
     * Boldo and Melquiond, <i>When double rounding is odd</i>, 2005.
     */
    private static float toOdd(double value) {
        float nearest = (float) value;
        if (nearest == value) {
            return nearest;
        }
        int bits = Float.floatToRawIntBits(nearest);
        boolean tooLarge = Math.abs((double) nearest) > Math.abs(value);
        return Float.intBitsToFloat((tooLarge ? bits - 1 : bits) | 1);
    }

    private static IllegalArgumentException notFloat(DType dtype) {
        return new IllegalArgumentException(dtype + " is not floating-point.");
    }
}
