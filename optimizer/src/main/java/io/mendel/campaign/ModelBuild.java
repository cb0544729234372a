package io.mendel.campaign;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.merge.MergeException;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.MergePlan;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.MergeReport;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.WriteOptions;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Builds the model of a recipe on disk.
 *
 * @param paths where the models that a recipe names are
 * @param threads threads to use, at least 1
 * @param maxShardBytes most bytes of tensors in one file
 * @param bufferBytes most bytes of merged tensors in memory
 * @param durable whether to wait until the disk has everything
 * @since 0.1
 */
public record ModelBuild(Function<String, Path> paths, int threads, long maxShardBytes,
        long bufferBytes, boolean durable) {

    /** A build with the usual buffers that does not wait for the disk. */
    public ModelBuild(Function<String, Path> paths, int threads, long maxShardBytes) {
        this(paths, threads, maxShardBytes, WriteOptions.BUFFER_BYTES, false);
    }

    /**
     * What was built.
     *
     * @param digest content digest of the written tensors
     * @param bytesRead bytes of the parents' tensors
     * @param bytesWritten bytes of the written tensors
     * @param seconds how long it took
     */
    public record Built(String digest, long bytesRead, long bytesWritten, double seconds) {}

    /**
     * Merges and writes. Everything is checked before the first byte is written.
     *
     * @param recipe the recipe
     * @param out the folder; must be new or empty
     * @param progress is told how far it is
     * @throws CheckpointException if a model cannot be read or the folder cannot be written
     * @throws MergeException if the models do not fit the recipe
     */
    public Built write(Recipe recipe, Path out, WriteOptions.Progress progress)
            throws CheckpointException, MergeException {
        long start = System.nanoTime();
        Map<String, Checkpoint> models = new LinkedHashMap<>();
        try {
            for (String name : recipe.models()) {
                Checkpoint model = Checkpoint.open(paths.apply(name));
                models.put(name, model);
            }
            MergePlan plan = MergePlanner.plan(recipe, models);
            try (Merger merger = Merger.create(models, StatisticsStore.inMemory(),
                    MergeKernels.preferred(), threads)) {
                // Java compiles the arithmetic while the parents are read.
                Thread.ofPlatform().daemon().start(() -> merger.warmUp(plan));
                for (Checkpoint model : models.values()) {
                    model.requireFinite();
                }
                MergeReport report = merger.open(plan)
                        .write(out,
                                new WriteOptions(maxShardBytes, bufferBytes, durable, progress));
                return new Built(report.digest(), report.bytesRead(), report.bytesWritten(),
                        (System.nanoTime() - start) / 1e9);
            }
        } finally {
            models.values().forEach(Checkpoint::close);
        }
    }
}
