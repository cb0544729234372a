package io.mendel.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Elements of floating-point tensors as fp32; fp64 is rounded to nearest even, the others are exact. */
final class FloatElements {

    private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat SINGLE = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private FloatElements() {}

    /** All elements; at most 2^31 - 1. */
    static float[] of(Tensor tensor) {
        float[] elements = new float[Math.toIntExact(tensor.info().elements())];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = get(tensor, i);
        }
        return elements;
    }

    static float get(Tensor tensor, long i) {
        MemorySegment data = tensor.data();
        return switch (tensor.info().dtype()) {
            case F32 -> data.get(SINGLE, 4 * i);
            case BF16 -> Float.intBitsToFloat(data.get(HALF, 2 * i) << 16);
            case F16 -> Float.float16ToFloat(data.get(HALF, 2 * i));
            case F64 -> (float) data.get(DOUBLE, 8 * i);
            case I64, I32, I16, I8, U64, U32, U16, U8, BOOL -> throw new IllegalArgumentException(
                    tensor.info().name() + " holds " + tensor.info().dtype()
                            + ", not floating-point numbers.");
        };
    }
}
