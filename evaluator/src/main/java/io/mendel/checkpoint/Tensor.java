package io.mendel.checkpoint;

import java.lang.foreign.MemorySegment;

/**
 * A tensor and its data.
 *
 * @param info name, element type and shape
 * @param data the elements in C order, little endian, exactly {@link TensorInfo#byteSize()} bytes; may start at an odd
 *            address (safetensors does not align). Owned by whoever opened the memory, usually a {@link Checkpoint}.
 * @since 0.1
 */
public record Tensor(TensorInfo info, MemorySegment data) {

    public Tensor {
        if (data.byteSize() != info.byteSize()) {
            throw new IllegalArgumentException(
                    "The data of %s has %d bytes, its shape %s of %s needs %d.".formatted(
                            info.name(), data.byteSize(), info.shape(), info.dtype(),
                            info.byteSize()));
        }
    }
}
