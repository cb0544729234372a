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
    private final ConcurrentMap<Names, Double> norms = new ConcurrentHashMap<>();
    private final ConcurrentMap<Names, MagnitudeTable> tables = new ConcurrentHashMap<>();
    private volatile boolean changed;

    DotProducts dots(Tensor base, Tensor model, MergeKernels kernels) {
        return dots.computeIfAbsent(names(base, model), names -> {
            changed = true;
            return DotProducts.of(base, model, kernels);
        });
    }

    double norm(Tensor base, Tensor model, MergeKernels kernels, Workers workers) {
        Double known = norms.get(names(base, model));
        if (known != null) {
            return known;
        }
        // Not inside of the map: all threads compute it together, and the others may need the map meanwhile.
        double norm = DeltaNorm.of(base, model, new Keep.All(), kernels, workers);
        learnNorm(base, model, norm);
        return norm;
    }

    boolean knowsNorm(Tensor base, Tensor model) {
        return norms.containsKey(names(base, model));
    }

    void learnNorm(Tensor base, Tensor model, double norm) {
        changed = true;
        norms.put(names(base, model), norm);
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

    ConcurrentMap<Names, Double> allNorms() {
        return norms;
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
