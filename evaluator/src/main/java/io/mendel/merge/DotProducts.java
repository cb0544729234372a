package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.util.List;

/**
 * The Gram matrix of two tensors seen as vectors, in fp64.
 *
 * @param aa squared length of the first
 * @param ab inner product
 * @param bb squared length of the second
 */
record DotProducts(double aa, double ab, double bb) {

    /** Adds up the blocks of {@link MergeKernels#DOT_BLOCK} elements in order. */
    static DotProducts of(Tensor a, Tensor b, MergeKernels kernels) {
        double[][] products = kernels instanceof TensorKernels device
                ? device.products(List.of(a, b), false)
                : null;
        if (products != null) {
            return new DotProducts(products[0][0], products[0][1], products[1][1]);
        }
        double aa = 0;
        double ab = 0;
        double bb = 0;
        long elements = a.info().elements();
        for (long from = 0; from < elements; from += MergeKernels.DOT_BLOCK) {
            int count = (int) Math.min(MergeKernels.DOT_BLOCK, elements - from);
            DotProducts block = kernels.products(TensorElements.of(a, from, count),
                    TensorElements.of(b, from, count));
            aa += block.aa();
            ab += block.ab();
            bb += block.bb();
        }
        return new DotProducts(aa, ab, bb);
    }
}
