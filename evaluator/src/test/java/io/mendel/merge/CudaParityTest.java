package io.mendel.merge;

import io.mendel.merge.cuda.GpuKernels;
import org.junit.jupiter.api.Tag;

/** The kernels on the GPU of this machine against the scalar ones. */
@Tag("gpu")
class CudaParityTest implements DeviceComparison {

    @Override
    public DeviceParity parity() {
        return new DeviceParity(GpuKernels.shared(), 0, 1, 7, 8, 15, 16, 17, 997, 4097, 20_011);
    }
}
