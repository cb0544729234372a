package io.mendel.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.FolderWriter;
import io.mendel.checkpoint.TemporaryFolder;
import io.mendel.checkpoint.UnusableTensorException;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.OnnxModel;
import io.mendel.graph.WeightLayout;
import io.mendel.merge.MergeException;
import io.mendel.merge.MergePlan;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.MergeReport;
import io.mendel.merge.MergedModel;
import io.mendel.merge.Merger;
import io.mendel.merge.ModelCompanions;
import io.mendel.merge.ModelOutline;
import io.mendel.merge.Parents;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.WriteOptions;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.merge.vocabulary.AlignedModels;
import io.mendel.results.Scores;
import io.mendel.results.report.ModelCard;
import io.mendel.space.MergekitWriter;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Builds the model of a recipe on disk.
 *
 * @param paths where the models that a recipe names are
 * @param threads threads to use, at least 1
 * @param options how models are written; who is told of it follows with each
 * @param device where models are merged
 * @since 0.1
 */
public record ModelBuild(Function<String, Path> paths, int threads, WriteOptions options,
        MergeDevice device) {

    /**
     * What was built.
     *
     * @param digest content digest of the written tensors; null if the options do not ask for it
     * @param bytesRead bytes of the parents' tensors
     * @param bytesWritten bytes of the written tensors
     * @param seconds how long it took
     * @param accumulatedScale the scale that going on with a sequential merge needs; null for other methods
     */
    public record Built(@Nullable String digest, long bytesRead, long bytesWritten, double seconds,
            @Nullable Double accumulatedScale) {}

    /**
     * Merges and writes. All but the weights themselves is checked before the first byte is written; a NaN or infinity
     * that the merge comes upon ends it, and nothing is left behind.
     *
     * @param recipe the recipe
     * @param out the folder; must be new or empty
     * @param progress is told how far it is
     * @throws CheckpointException if a model cannot be read or the folder cannot be written
     * @throws MergeException if the models do not fit the recipe
     */
    public Built write(Recipe recipe, Path out, WriteOptions.Progress progress)
            throws CheckpointException, MergeException {
        return merged(recipe, out, (model, companions, start) -> {
            MergeReport report = model.write(out, options.telling(progress), companions);
            return new Built(report.digest(), report.bytesRead(), report.bytesWritten(),
                    (System.nanoTime() - start) / 1e9, model.accumulatedScale());
        });
    }

    /**
     * Merges and writes one ONNX model with its weights in a second file, see {@link OnnxModel}; beside them the
     * configuration and the tokenizer.
     *
     * @param recipe the recipe
     * @param out the folder; must be new or empty
     * @param progress is told how far it is
     * @return what was written; always with a digest, that of graph and weights
     * @throws CheckpointException if a model cannot be read, its architecture cannot be run, or the folder cannot be
     *             written
     * @throws MergeException if the models do not fit the recipe
     */
    public Built writeOnnx(Recipe recipe, Path out, WriteOptions.Progress progress)
            throws CheckpointException, MergeException {
        return merged(recipe, out, (model, companions, start) -> {
            JsonNode json = model.config();
            DecoderConfig config = DecoderConfig.of(out.resolve("config.json"), json,
                    model.tensors().keySet());
            WeightLayout.verify(out, model.tensors(), config);
            OnnxModel onnx = OnnxModel.of(config, model.exportWeights());
            try (FolderWriter writer = FolderWriter.create(out, onnx.bytes())) {
                String digest = onnx.write(writer,
                        written -> progress.written(written, onnx.bytes()));
                writer.text("config.json", json.toPrettyString() + "\n");
                companions.write(writer);
                writer.commit();
                return new Built(digest, model.inputBytes(), onnx.bytes(),
                        (System.nanoTime() - start) / 1e9, model.accumulatedScale());
            }
        });
    }

    private interface Output {
        Built write(MergedModel model, ModelCompanions companions, long startNanos)
                throws CheckpointException;
    }

    private Built merged(Recipe recipe, Path out, Output output)
            throws CheckpointException, MergeException {
        long start = System.nanoTime();
        return with(recipe, out, (plan, parents, models) -> {
            try (Merger merger = Merger.create(models.parents(), StatisticsStore.inMemory(),
                    device.kernelsForOneMerge(plan.elements()), threads)) {
                return output.write(merger.openOnce(plan), models.companions(), start);
            } catch (UnusableTensorException e) {
                if (e.problem().kind() == Kind.NOT_FINITE) {
                    // Which one the threads came upon is chance; this names the first.
                    parents.requireFinite(plan, Set.of());
                }
                throw e;
            }
        });
    }

    /**
     * Checks everything that {@link #write} checks and estimates its cost, without writing anything.
     *
     * @param recipe the recipe
     * @param out the folder that it would be written to
     * @throws CheckpointException if a model cannot be read
     * @throws MergeException if the models do not fit the recipe
     */
    public MergePreview preview(Recipe recipe, Path out)
            throws CheckpointException, MergeException {
        return preview(recipe, out, Set.of(), null);
    }

    /**
     * Checks and estimates among models that are not there yet.
     *
     * @param outlines folders of outlines of models, which say nothing about their weights
     * @param outline where to write an outline of the result; null for nowhere
     */
    MergePreview preview(Recipe recipe, Path out, Set<Path> outlines, @Nullable Path outline)
            throws CheckpointException, MergeException {
        return with(recipe, out, (plan, parents, models) -> {
            parents.requireFinite(plan, outlines);
            if (outline != null) {
                ModelOutline.write(plan, models.parents(), models.companions(), outline);
            }
            return MergePreview.of(plan, models.parents(), threads, device);
        });
    }

    /**
     * Writes the recipe and a model card beside the weights that {@link #write} has written.
     *
     * @param recipe the recipe
     * @param out the folder of the model
     * @param built what was written
     * @throws CampaignException if they cannot be written
     */
    public void describe(Recipe recipe, Path out, Built built) throws CampaignException {
        MergedModelPapers.write(out, new ModelCard(MergedModelPapers.name(out), null, 0, 0,
                List.copyOf(recipe.models()), MergekitWriter.write(recipe), recipe.digest(),
                built.digest(), List.of(), Scores.none(), Scores.none()));
    }

    /** The same build with the models in other places. */
    ModelBuild at(Function<String, Path> places) {
        return new ModelBuild(places, threads, options, device);
    }

    /** The same build without digests. */
    ModelBuild undigested() {
        return new ModelBuild(paths, threads, options.undigested(), device);
    }

    private interface Work<T> {
        T on(MergePlan plan, Parents parents, AlignedModels models) throws CheckpointException;
    }

    /** Computed tensors are kept on the output's disk, which has to have as much space anyway. */
    private <T> T with(Recipe recipe, Path out, Work<T> work)
            throws CheckpointException, MergeException {
        Path scratch = TemporaryFolder.near(out);
        try (Parents parents = open(recipe, scratch);
                AlignedModels models = AlignedModels.of(recipe, parents.checkpoints(), paths,
                        scratch)) {
            return work.on(MergePlanner.plan(recipe, models.parents()), parents, models);
        } catch (UnusableTensorException e) {
            throw e.problem();
        }
    }

    /** Without tokenizer settings, embeddings of different sizes are cut; with settings, rows find their tokens. */
    private Parents open(Recipe recipe, Path scratch) throws CheckpointException {
        return recipe.tokenizer() == null
                ? Parents.open(recipe, paths, scratch)
                : Parents.open(AlignedModels.models(recipe), paths, scratch);
    }
}
