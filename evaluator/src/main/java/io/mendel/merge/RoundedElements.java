package io.mendel.merge;

import io.mendel.checkpoint.DType;
import java.lang.foreign.MemorySegment;

/**
 * A run of elements that a kernel writes, each rounded once.
 *
 * @param data receives the elements, little endian, at any alignment; exactly {@code count × storage.bytes()} bytes
 * @param rounding the type the values are rounded to: F32, F16 or BF16; to nearest, ties to even
 * @param storage the type they are stored as: {@code rounding}, or F32 for values that are computed with afterwards
 * @param count number of elements
 * @since 0.1
 */
public record RoundedElements(MemorySegment data, DType rounding, DType storage, int count) {

    public RoundedElements {
        boolean known = rounding == DType.F32 || rounding == DType.F16 || rounding == DType.BF16;
        if (!known || (storage != rounding && storage != DType.F32)) {
            throw new IllegalArgumentException(
                    "Values rounded to %s cannot be stored as %s.".formatted(rounding, storage));
        }
        if (data.byteSize() != (long) count * storage.bytes()) {
            throw new IllegalArgumentException(
                    "%d elements of %s must fill the %d bytes.".formatted(count, storage,
                            data.byteSize()));
        }
    }

    /** The elements {@code from … from + length - 1}. */
    public RoundedElements slice(int from, int length) {
        long bytes = storage.bytes();
        return new RoundedElements(data.asSlice(from * bytes, length * bytes), rounding, storage,
                length);
    }

    /** Rounds and stores the first {@link #count} values. */
    void store(float[] values) {
        for (int i = 0; i < count; i++) {
            set(i, values[i]);
        }
    }

    void set(int index, float value) {
        if (storage == DType.F32) {
            data.set(Elements.FLOAT, 4L * index, Rounding.round(value, rounding));
        } else {
            short bits = rounding == DType.BF16
                    ? Rounding.toBfloat16(value)
                    : Rounding.toFloat16(value);
            data.set(Elements.SHORT, 2L * index, bits);
        }
    }
}
