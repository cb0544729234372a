package io.mendel.merge;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;

/** Cuts runs out of tensors. */
final class TensorElements {

    private TensorElements() {}

    static Elements of(Tensor tensor, long from, int count) {
        DType dtype = tensor.info().dtype();
        return new Elements(
                tensor.data().asSlice(from * dtype.bytes(), (long) count * dtype.bytes()), dtype,
                count);
    }
}
