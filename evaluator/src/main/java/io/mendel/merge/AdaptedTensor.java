package io.mendel.merge;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.DerivedTensor;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.checkpoint.WeightDelta;
import java.lang.foreign.MemorySegment;

/**
 * A weight of a base, changed by an adapter, and rounded once to the base's type.
 *
 * @param base the weight
 * @param baseDigest digest of the checkpoint it comes from
 * @param delta what the adapter does to it
 */
record AdaptedTensor(Tensor base, String baseDigest, WeightDelta delta) implements DerivedTensor {

    @Override
    public TensorInfo info() {
        TensorInfo info = base.info();
        return info.dtype() == DType.F64
                ? new TensorInfo(info.name(), DType.F32, info.shape())
                : info;
    }

    @Override
    public String fingerprint() {
        return "adapter " + delta.digest() + " on " + base.info().name() + " of " + baseDigest;
    }

    @Override
    public void compute(long firstRow, MemorySegment target) {
        DType dtype = info().dtype();
        int count = Math.toIntExact(target.byteSize() / dtype.bytes());
        long columns = base.info().shape().stream().skip(1).reduce(1L, (a, b) -> a * b);
        float[] values = new float[count];
        TensorElements.of(base, firstRow * columns, count).widen(values);
        delta.apply(firstRow, MemorySegment.ofArray(values));
        new RoundedElements(target, dtype, dtype, count).store(values);
    }
}
