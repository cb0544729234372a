package io.mendel.checkpoint;

import java.util.List;

/**
 * Name, element type and shape of a tensor.
 *
 * @param name the name as stored in the checkpoint
 * @param dtype the element type
 * @param shape the dimensions, outermost first; empty for a scalar; each at least 0
 * @since 0.1
 */
public record TensorInfo(String name, DType dtype, List<Long> shape) {

    public TensorInfo {
        shape = List.copyOf(shape);
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException(
                        "The shape " + shape + " of " + name + " must not be negative.");
            }
        }
        long elements = 1;
        for (long dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        Math.multiplyExact(elements, dtype.bytes());
    }

    /** Number of elements; 1 for a scalar. */
    public long elements() {
        long elements = 1;
        for (long dimension : shape) {
            elements *= dimension;
        }
        return elements;
    }

    /** Size of the tensor's data in bytes. */
    public long byteSize() {
        return elements() * dtype.bytes();
    }
}
