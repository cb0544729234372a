package io.mendel.campaign;

import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.EvaluationResult;
import io.mendel.benchmark.Evaluator;
import io.mendel.benchmark.ItemSet;
import io.mendel.benchmark.TaskException;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.TemporaryFolder;
import io.mendel.checkpoint.UnusableTensorException;
import io.mendel.graph.DecoderConfig;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.Merger;
import io.mendel.merge.Parents;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.WriteOptions;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.merge.vocabulary.AlignedModels;
import io.mendel.runtime.CandidateModel;
import io.mendel.runtime.CheckpointModel;
import io.mendel.runtime.InferenceEngine;
import io.mendel.runtime.InferenceException;
import io.mendel.runtime.Tokenizer;
import io.mendel.space.InvalidInputException;
import io.mendel.space.MergeSequence;
import io.mendel.space.MergekitReader;
import io.mendel.space.Recipe;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Scores single models and recipes on an item set.
 *
 * @param benchmark the tasks
 * @param items the items
 * @param threads threads to use, at least 1
 * @param batchTokens padded tokens in one batch, at least 1
 * @param device where recipes are merged
 * @since 0.1
 */
public record ModelEvaluation(Benchmark benchmark, ItemSet items, int threads, int batchTokens,
        MergeDevice device) {

    /** An evaluation that merges on the processor. */
    public ModelEvaluation(Benchmark benchmark, ItemSet items, int threads, int batchTokens) {
        this(benchmark, items, threads, batchTokens, MergeDevice.processor());
    }

    /**
     * A scored model.
     *
     * @param result what it said on every item
     * @param seconds how long scoring took, without opening files and tokenising
     * @param tokens input tokens computed
     */
    public record Scored(EvaluationResult result, double seconds, long tokens) {}

    /**
     * Scores a model folder.
     *
     * @param folder a Hugging Face model folder with a tokenizer
     * @throws CheckpointException if the folder cannot be used
     * @throws TaskException if the items do not fit the model
     * @throws InferenceException if the model cannot be run
     */
    public Scored model(Path folder) throws CheckpointException, TaskException, InferenceException {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            checkpoint.requireFinite();
            return score(CheckpointModel.of(checkpoint), folder, Arena::ofShared);
        }
    }

    /**
     * Scores the model of a recipe without writing it; models that other recipes of the file make for it are written to
     * the folder for temporary files.
     *
     * @param text the recipe, or several that build on each other
     * @param file where it comes from, for messages
     * @param paths where the models that it names are
     * @throws InvalidInputException if recipe, models or items are wrong
     * @throws InferenceException if the model cannot be run
     */
    public Scored recipe(String text, Path file, Function<String, Path> paths)
            throws InvalidInputException, InferenceException {
        MergeSequence sequence = MergekitReader.readAll(text, file.toString());
        if (sequence.intermediates().isEmpty()) {
            return recipe(sequence.output(), paths);
        }
        var build = new ModelBuild(paths, threads, WriteOptions.DEFAULT, device);
        try (var models = IntermediateModels.in(TemporaryFolder.system(), "mendel-merges")) {
            return recipe(sequence.output(),
                    new SequenceBuild(build, null, false).intermediates(sequence, models));
        }
    }

    private Scored recipe(Recipe recipe, Function<String, Path> paths)
            throws InvalidInputException, InferenceException {
        try {
            return recipe.tokenizer() == null ? plain(recipe, paths) : aligned(recipe, paths);
        } catch (UnusableTensorException e) {
            throw e.problem();
        }
    }

    private Scored plain(Recipe recipe, Function<String, Path> paths)
            throws InvalidInputException, InferenceException {
        try (ParentModels parents = ParentModels.open(recipe.models(), paths);
                Merger merger = Merger.create(parents.checkpoints(), StatisticsStore.inMemory(),
                        device.kernels(), threads)) {
            var plan = MergePlanner.plan(recipe, parents.checkpoints());
            return score(new MergedCandidate(parents.config(), merger.open(plan)), parents.donor(),
                    device.resultMemory());
        }
    }

    /** A recipe with tokenizer settings, whose vocabulary no parent has. */
    private Scored aligned(Recipe recipe, Function<String, Path> paths)
            throws InvalidInputException, InferenceException {
        try (Parents parents = Parents.open(AlignedModels.models(recipe), paths, null);
                AlignedModels aligned = AlignedModels.of(recipe, parents.checkpoints(), paths);
                Merger merger = Merger.create(aligned.parents(), StatisticsStore.inMemory(),
                        device.kernels(), threads);
                var tokenizer = new TokenizerFolder(aligned.companions())) {
            parents.requireFinite();
            var plan = MergePlanner.plan(recipe, aligned.parents());
            var config = DecoderConfig
                    .of(Objects.requireNonNull(aligned.parents().get(plan.donor())));
            return score(new MergedCandidate(config, merger.open(plan)), tokenizer.path(),
                    device.resultMemory());
        }
    }

    private Scored score(CandidateModel model, Path tokenizerFolder, Supplier<Arena> memory)
            throws CheckpointException, TaskException, InferenceException {
        try (Tokenizer tokenizer = Tokenizer.open(tokenizerFolder);
                InferenceEngine engine = InferenceEngine.create(model.config(), threads,
                        memory)) {
            var evaluator = new Evaluator(benchmark, engine, tokenizer,
                    model.config().maxPositions(), batchTokens);
            long tokens = evaluator.prepare(items);
            long start = System.nanoTime();
            EvaluationResult result = evaluator.evaluate(model, items);
            return new Scored(result, (System.nanoTime() - start) / 1e9, tokens);
        }
    }
}
