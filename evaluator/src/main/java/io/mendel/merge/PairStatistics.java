package io.mendel.merge;

import io.mendel.checkpoint.Tensor;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What is known about the tensors of two checkpoints. */
final class PairStatistics {

    /**
     * Two tensors.
     *
     * @param base a tensor of the first checkpoint
     * @param model a tensor of the second
     */
    record Names(String base, String model) {}

    private final ConcurrentMap<Names, DotProducts> dots = new ConcurrentHashMap<>();
    private final ConcurrentMap<Names, DeltaSize> sizes = new ConcurrentHashMap<>();
    private final ConcurrentMap<Names, MagnitudeTable> tables = new ConcurrentHashMap<>();
    private volatile boolean changed;

    DotProducts dots(Tensor base, Tensor model, MergeKernels kernels) {
        return dots.computeIfAbsent(names(base, model), names -> {
            changed = true;
            return DotProducts.of(base, model, kernels);
        });
    }

    DeltaSize size(Tensor base, Tensor model, MergeKernels kernels) {
        return sizes.computeIfAbsent(names(base, model), names -> {
            changed = true;
            return DeltaSize.of(new Magnitudes(base, model, kernels));
        });
    }

    MagnitudeTable table(Tensor base, Tensor model, MergeKernels kernels) {
        return tables.computeIfAbsent(names(base, model), names -> {
            changed = true;
            return MagnitudeTable.of(new Magnitudes(base, model, kernels));
        });
    }

    private static Names names(Tensor base, Tensor model) {
        return new Names(base.info().name(), model.info().name());
    }

    ConcurrentMap<Names, DotProducts> allDots() {
        return dots;
    }

    ConcurrentMap<Names, DeltaSize> allSizes() {
        return sizes;
    }

    ConcurrentMap<Names, MagnitudeTable> allTables() {
        return tables;
    }

    boolean changed() {
        return changed;
    }

    void saved() {
        changed = false;
    }
}
