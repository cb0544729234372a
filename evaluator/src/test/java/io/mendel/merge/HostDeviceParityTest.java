package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mendel.merge.cuda.HostKernels;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kernels of a GPU, compiled as C++, against the scalar ones. */
class HostDeviceParityTest implements DeviceComparison {

    private static final int[] SIZES = {0, 1, 7, 8, 15, 16, 17, 997, 4097, 10_007};

    /** The second run, without the vector module, would only repeat the first. */
    @BeforeEach
    void runOnce() {
        assumeTrue(Engines.hasVector(), "compared in the other run");
    }

    @Override
    public DeviceParity parity() {
        TensorKernels kernels = HostKernels.shared();
        assumeTrue(kernels != null, "there is no g++ to compile the kernels with");
        return new DeviceParity(kernels, SIZES);
    }

    @Test
    void everyShippedKernelIsCompared() throws Exception {
        try (HostKernels.Counting counting = HostKernels.counting()) {
            assumeTrue(counting != null, "there is no g++ to compile the kernels with");
            new DeviceParity(counting.kernels(), 17).compareAll();
            assertThat(counting.notLaunched()).isEmpty();
        }
    }
}
