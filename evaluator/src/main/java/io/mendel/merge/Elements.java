package io.mendel.merge;

import io.mendel.checkpoint.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A run of floating-point elements that a kernel reads.
 *
 * @param data the elements, little endian, at any alignment; exactly {@code count × dtype.bytes()} bytes
 * @param dtype F32, F16, BF16, or F64, which is narrowed to fp32 when read
 * @param count number of elements
 * @since 0.1
 */
public record Elements(MemorySegment data, DType dtype, int count) {

    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    public Elements {
        if (!dtype.isFloat()) {
            throw new IllegalArgumentException(
                    "Only floating-point elements can be merged, not " + dtype + ".");
        }
        if (data.byteSize() != (long) count * dtype.bytes()) {
            throw new IllegalArgumentException(
                    "%d elements of %s must fill the %d bytes.".formatted(count, dtype,
                            data.byteSize()));
        }
    }

    /** The elements {@code from … from + length - 1}. */
    public Elements slice(int from, int length) {
        long bytes = dtype.bytes();
        return new Elements(data.asSlice(from * bytes, length * bytes), dtype, length);
    }

    /** Widens all elements to fp32, into the beginning of {@code target}. */
    void widen(float[] target) {
        switch (dtype) {
            case F32 -> MemorySegment.copy(data, FLOAT, 0, target, 0, count);
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = Rounding.fromBfloat16(data.get(SHORT, 2L * i));
                }
            }
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = Float.float16ToFloat(data.get(SHORT, 2L * i));
                }
            }
            case F64, I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> {
                for (int i = 0; i < count; i++) {
                    target[i] = get(i);
                }
            }
        }
    }

    float get(int index) {
        return switch (dtype) {
            case F32 -> data.get(FLOAT, 4L * index);
            case BF16 -> Rounding.fromBfloat16(data.get(SHORT, 2L * index));
            case F16 -> Float.float16ToFloat(data.get(SHORT, 2L * index));
            case F64 -> (float) data.get(DOUBLE, 8L * index);
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL ->
                throw new IllegalStateException("Not a float: " + dtype);
        };
    }
}
