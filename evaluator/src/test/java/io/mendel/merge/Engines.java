package io.mendel.merge;

import io.mendel.merge.cuda.HostKernels;
import java.util.ArrayList;
import java.util.List;

/** The kernels that this Java can run. */
final class Engines {

    private Engines() {}

    static boolean hasVector() {
        return KernelChoice.hasVectors();
    }

    /** The scalar and vector ones, and those of a GPU as the processor runs them, if there is a C++ compiler. */
    static List<MergeKernels> all() {
        var engines = new ArrayList<>(processor());
        TensorKernels device = HostKernels.shared();
        if (device != null) {
            engines.add(device);
        }
        return engines;
    }

    /** The scalar and vector ones, for what a GPU does not do. */
    static List<MergeKernels> processor() {
        var engines = new ArrayList<MergeKernels>();
        engines.add(new ScalarMergeKernels());
        if (hasVector()) {
            engines.add(KernelChoice.of("vector"));
        }
        return engines;
    }
}
