package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.Tensor;
import io.mendel.space.LateLogger;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whole-tensor statistics of the parents, computed once and shared by all merges.
 *
 * <p>
 * Angles, magnitude thresholds and norms depend on the parents' content only. They are computed when first asked for
 * and kept in memory; a store with a directory also keeps them in files named after the content digests of the two
 * checkpoints, so that a later run reads instead of computing them. The numbers are the same either way.
 *
 * <p>
 * Thread-safe. Checkpoints must stay open while the store is used with them.
 *
 * @since 0.1
 */
public final class StatisticsStore {

    private static final System.Logger LOGGER = LateLogger.of(StatisticsStore.class);
    private static final int REMEMBERED = 1 << 16;
    private static final long MASK_BYTES = 256L << 20;
    private static final long GARBAGE = 192L << 20;

    private record Pair(Checkpoint base, Checkpoint model) {}

    private record Counted(Checkpoint base, Checkpoint model, String baseTensor, String modelTensor,
            long kept) {}

    private record Deltas(List<Checkpoint> models, List<String> tensors) {}

    private record Kept(Checkpoint base, Checkpoint model, String baseTensor, String modelTensor,
            Object keep) {}

    private final @Nullable Path directory;
    private final ConcurrentMap<Pair, PairStatistics> pairs = new ConcurrentHashMap<>();
    private final Remembered<Counted, Keep.Largest> selections = new Remembered<>();
    private final Remembered<Deltas, DeltaGram> deltaGrams = new Remembered<>();
    private final Remembered<Kept, Double> norms = new Remembered<>();
    private final RandomMasks masks;

    private StatisticsStore(@Nullable Path directory, RandomMasks masks) {
        this.directory = directory;
        this.masks = masks;
    }

    /** A store that forgets everything when the process ends. */
    public static StatisticsStore inMemory() {
        return new StatisticsStore(null, RandomMasks.passing(MASK_BYTES, GARBAGE));
    }

    /**
     * A store that reads and writes files.
     *
     * @param directory the folder of the files; created when something is saved
     */
    public static StatisticsStore at(Path directory) {
        return new StatisticsStore(directory, RandomMasks.kept(MASK_BYTES));
    }

    /** Whether statistics are kept in files. */
    boolean isKept() {
        return directory != null;
    }

    /** Values that are cheap enough to be forgotten, the oldest first. */
    private static final class Remembered<K, V> {
        private final Map<K, V> values = new LinkedHashMap<>();

        V get(K key, Supplier<V> compute) {
            V known = find(key);
            if (known != null) {
                return known;
            }
            V computed = compute.get();
            put(key, computed);
            return computed;
        }

        synchronized @Nullable V find(K key) {
            return values.get(key);
        }

        synchronized void put(K key, V value) {
            values.put(key, value);
            if (values.size() > REMEMBERED) {
                values.remove(values.keySet().iterator().next());
            }
        }
    }

    DotProducts dots(Checkpoint a, String tensorOfA, Checkpoint b, String tensorOfB,
            MergeKernels kernels) {
        return pair(a, b).dots(a.tensor(tensorOfA), b.tensor(tensorOfB), kernels);
    }

    /** L1 norm of a whole delta. */
    double norm(Checkpoint base, String baseTensor, Checkpoint model, String modelTensor,
            MergeKernels kernels, Workers workers) {
        return pair(base, model).norm(base.tensor(baseTensor), model.tensor(modelTensor), kernels,
                workers);
    }

    /** L1 norms of a whole delta and of what is kept of it. */
    KeptNorm norms(Checkpoint base, String baseTensor, Checkpoint model, String modelTensor,
            Keep keep, MergeKernels kernels, Workers workers) {
        Tensor origin = base.tensor(baseTensor);
        Tensor other = model.tensor(modelTensor);
        PairStatistics pair = pair(base, model);
        var key = new Kept(base, model, baseTensor, modelTensor, keep);
        Double kept = norms.find(key);
        if (kept == null) {
            Keep quick = quick(keep, origin.info().elements(), kernels, workers);
            if (pair.knowsNorm(origin, other)) {
                kept = DeltaNorm.of(origin, other, quick, kernels, workers);
            } else {
                KeptNorm both = DeltaNorm.both(origin, other, quick, kernels, workers);
                pair.learnNorm(origin, other, both.all());
                kept = both.kept();
            }
            norms.put(key, kept);
        }
        return new KeptNorm(pair.norm(origin, other, kernels, workers), kept);
    }

    /** L1 norm of what is kept of a delta by something that equals itself. */
    double norm(Checkpoint base, String baseTensor, Checkpoint model, String modelTensor,
            Object keep, Supplier<Double> compute) {
        return norms.get(new Kept(base, model, baseTensor, modelTensor, keep), compute);
    }

    /**
     * What keeps the largest magnitudes of a delta. A store with a directory learns all densities of its grid at once,
     * because a search asks for many of them; any other answers the question only.
     */
    Keep.Largest largest(Checkpoint base, String baseTensor, Checkpoint model, String modelTensor,
            double density, MergeKernels kernels, Workers workers) {
        Tensor origin = base.tensor(baseTensor);
        Tensor other = model.tensor(modelTensor);
        if (directory != null && MagnitudeTable.covers(density)) {
            Trim trim = pair(base, model).table(origin, other, kernels).at(density);
            return new Keep.Largest(trim.bits(), trim.cut());
        }
        return largest(base, baseTensor, model, modelTensor,
                Trim.kept(density, origin.info().elements()), kernels, workers);
    }

    /** What keeps this number of the largest magnitudes of a delta. */
    Keep.Largest largest(Checkpoint base, String baseTensor, Checkpoint model, String modelTensor,
            long kept, MergeKernels kernels, Workers workers) {
        return selections.get(new Counted(base, model, baseTensor, modelTensor, kept),
                () -> LargestSelection.select(base.tensor(baseTensor), model.tensor(modelTensor),
                        kept, kernels, workers));
    }

    /** Inner products of the deltas of all models from the first. */
    DeltaGram deltas(List<Checkpoint> models, List<String> tensors, Supplier<DeltaGram> compute) {
        return deltaGrams.get(new Deltas(models, tensors), compute);
    }

    /** The same choice as bits where they are at hand, or can be. */
    Keep quick(Keep keep, long elements, MergeKernels kernels, Workers workers) {
        return keep instanceof Keep.Random random
                ? masks.of(random, elements, kernels, workers)
                : keep;
    }

    private PairStatistics pair(Checkpoint base, Checkpoint model) {
        return pairs.computeIfAbsent(new Pair(base, model), this::load);
    }

    private PairStatistics load(Pair pair) {
        if (directory == null) {
            return new PairStatistics();
        }
        String base = pair.base().digest();
        String model = pair.model().digest();
        Path file = StatisticsFile.path(directory, base, model);
        try {
            PairStatistics known = Files.exists(file)
                    ? StatisticsFile.read(file, base, model)
                    : new PairStatistics();
            if (known != null) {
                return known;
            }
            LOGGER.log(Level.WARNING,
                    "Ignoring the damaged statistics in {0}; they are computed again.", file);
        } catch (IOException e) {
            LOGGER.log(Level.WARNING,
                    "Cannot read the statistics in " + file + "; they are computed again.", e);
        }
        return new PairStatistics();
    }

    /** Writes what was computed since the last time; does nothing in a store without a directory. */
    void save() {
        if (directory == null) {
            return;
        }
        pairs.forEach((pair, statistics) -> {
            if (!statistics.changed()) {
                return;
            }
            statistics.saved();
            String base = pair.base().digest();
            String model = pair.model().digest();
            Path file = StatisticsFile.path(directory, base, model);
            try {
                StatisticsFile.write(file, base, model, statistics);
            } catch (IOException e) {
                LOGGER.log(Level.WARNING,
                        "Cannot write the statistics to " + file
                                + "; a later run computes them again.",
                        e);
            }
        });
    }
}
