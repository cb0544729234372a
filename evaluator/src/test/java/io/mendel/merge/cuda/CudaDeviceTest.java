package io.mendel.merge.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What surrounds the kernels, on the GPU of this machine. */
@Tag("gpu")
class CudaDeviceTest extends DeviceContract {

    private static final long PAGE = 64L << 20;

    @Override
    Device device() {
        return CudaDevice.open(0);
    }

    @Test
    void everythingIsGivenBack() {
        Device witness = device();
        try {
            try (CudaMergeKernels kernels = kernels(device(), PLENTY / 2)) {
                merged(kernels);
            }
            long free = witness.freeBytes();
            for (int round = 0; round < 20; round++) {
                try (CudaMergeKernels kernels = kernels(device(), PLENTY / 2)) {
                    merged(kernels);
                }
            }
            assertThat(witness.freeBytes()).isGreaterThan(free - PAGE);
        } finally {
            witness.close();
        }
    }
}
