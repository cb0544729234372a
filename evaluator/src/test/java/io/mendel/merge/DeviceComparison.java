package io.mendel.merge;

import org.junit.jupiter.api.Test;

/** What every device's kernels are held to. */
interface DeviceComparison {

    /** The comparisons on that device. */
    DeviceParity parity();

    @Test
    default void sumsAreEqual() {
        parity().compareSums();
    }

    @Test
    default void mergedDeltasAreEqual() {
        parity().compareDeltas();
    }

    @Test
    default void methodsAreEqual() {
        parity().compareMethods();
    }

    @Test
    default void statisticsAreEqual() {
        parity().compareStatistics();
    }

    @Test
    default void selectionsAreEqual() {
        parity().compareSelections();
    }
}
