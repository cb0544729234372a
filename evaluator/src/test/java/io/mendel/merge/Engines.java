package io.mendel.merge;

import java.util.List;

/** The kernels that this Java can run. */
final class Engines {

    private Engines() {}

    static boolean hasVector() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    static List<MergeKernels> all() {
        return hasVector()
                ? List.of(new ScalarMergeKernels(), KernelChoice.of("vector"))
                : List.of(new ScalarMergeKernels());
    }
}
