package io.mendel.merge;

import io.mendel.merge.cuda.GpuKernels;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernels on the GPU of this machine against the scalar ones. */
@Tag("gpu")
class CudaParityTest {

    private static DeviceParity parity() {
        return new DeviceParity(GpuKernels.shared(), 0, 1, 7, 8, 15, 16, 17, 997, 4097, 20_011);
    }

    @Test
    void sumsAreEqual() {
        parity().compareSums();
    }

    @Test
    void mergedDeltasAreEqual() {
        parity().compareDeltas();
    }

    @Test
    void methodsAreEqual() {
        parity().compareMethods();
    }

    @Test
    void statisticsAreEqual() {
        parity().compareStatistics();
    }

    @Test
    void selectionsAreEqual() {
        parity().compareSelections();
    }
}
