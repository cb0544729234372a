package io.mendel.merge.cuda;

import io.mendel.merge.TensorKernels;

/** The kernels on the first GPU of this machine, for tests. Never closed: what they hold ends with the process. */
public final class GpuKernels {

    private GpuKernels() {}

    /** Opened when first asked for. */
    public static TensorKernels shared() {
        return Holder.SHARED;
    }

    private static final class Holder {
        private static final TensorKernels SHARED = HostKernels
                .unclosed(MergeDevice.kernels(CudaDevice.open(0)));
    }
}
