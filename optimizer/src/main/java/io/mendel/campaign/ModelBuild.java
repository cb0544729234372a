package io.mendel.campaign;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.merge.MergeException;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.MergePlan;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.MergeReport;
import io.mendel.merge.Merger;
import io.mendel.merge.Parents;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.WriteOptions;
import io.mendel.merge.vocabulary.AlignedModels;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Builds the model of a recipe on disk.
 *
 * @param paths where the models that a recipe names are
 * @param threads threads to use, at least 1
 * @param maxShardBytes most bytes of tensors in one file
 * @since 0.1
 */
public record ModelBuild(Function<String, Path> paths, int threads, long maxShardBytes) {

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
        try (Parents parents = open(recipe);
                AlignedModels aligned = AlignedModels.of(recipe, parents.checkpoints(), paths);
                Merger merger = Merger.create(aligned.parents(), StatisticsStore.inMemory(),
                        MergeKernels.preferred(), threads)) {
            MergePlan plan = MergePlanner.plan(recipe, aligned.parents());
            MergeReport report = merger.open(plan)
                    .write(out, new WriteOptions(maxShardBytes, progress), aligned.companions());
            return new Built(report.digest(), report.bytesRead(), report.bytesWritten(),
                    (System.nanoTime() - start) / 1e9);
        }
    }

    /** Without tokenizer settings, embeddings of different sizes are cut; with settings, rows find their tokens. */
    private Parents open(Recipe recipe) throws CheckpointException {
        return recipe.tokenizer() == null
                ? Parents.open(recipe, paths, null)
                : Parents.open(AlignedModels.models(recipe), paths, null);
    }
}
