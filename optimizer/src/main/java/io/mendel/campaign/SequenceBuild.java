package io.mendel.campaign;

import io.mendel.campaign.ModelBuild.Built;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.merge.MergeException;
import io.mendel.merge.WriteOptions;
import io.mendel.space.DocumentException;
import io.mendel.space.InvalidInputException;
import io.mendel.space.MergeSequence;
import io.mendel.space.MergeSequence.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Builds the models of a file of recipes, one after the other, each from the ones before it.
 *
 * <p>
 * Intermediate models are written to a temporary folder beside the output and removed when the output is there, or when
 * a merge fails; or to a folder of the user's, and kept.
 *
 * @param build builds one model, from models that no recipe of the file makes
 * @param kept where intermediate models are kept; null to remove them
 * @param onnx whether the output is written as an ONNX model; intermediate models never are
 * @since 0.1
 */
public record SequenceBuild(ModelBuild build, @Nullable Path kept, boolean onnx) {

    /**
     * Merges and writes.
     *
     * @param sequence the recipes
     * @param out the folder of the output; must be new or empty
     * @param progress is told how far the merge at hand is
     * @return the digest of the output, and bytes and seconds of all merges together
     * @throws CheckpointException if a model cannot be read or a folder cannot be written
     * @throws MergeException if models do not fit a recipe
     * @throws DocumentException if a model is neither a folder nor made by another recipe
     */
    public Built write(MergeSequence sequence, Path out, WriteOptions.Progress progress)
            throws CheckpointException, MergeException, DocumentException {
        if (sequence.steps().size() == 1) {
            return onnx
                    ? build.writeOnnx(sequence.output(), out, progress)
                    : build.write(sequence.output(), out, progress);
        }
        requireModels(sequence);
        try (var models = IntermediateModels.of(kept, out)) {
            var total = new Total();
            intermediates(sequence, models, progress, total);
            ModelBuild at = build.at(models.places(sequence, build.paths()));
            return total.and(onnx
                    ? at.writeOnnx(sequence.output(), out, progress)
                    : at.write(sequence.output(), out, progress));
        }
    }

    /**
     * Makes all models but the output.
     *
     * @param models where they are written
     * @return where every model of the output's recipe is
     */
    Function<String, Path> intermediates(MergeSequence sequence, IntermediateModels models)
            throws CheckpointException, MergeException, DocumentException {
        requireModels(sequence);
        intermediates(sequence, models, WriteOptions.DEFAULT.progress(), new Total());
        return models.places(sequence, build.paths());
    }

    private void intermediates(MergeSequence sequence, IntermediateModels models,
            WriteOptions.Progress progress, Total total)
            throws CheckpointException, MergeException {
        Function<String, Path> places = models.places(sequence, build.paths());
        for (Step step : sequence.intermediates()) {
            Path target = places.apply(String.valueOf(step.name()));
            total.add(build.at(places).undigested().write(step.recipe(), target, progress));
        }
    }

    /** Bytes and seconds of several merges. */
    private static final class Total {
        private long read;
        private long written;
        private double seconds;

        void add(Built built) {
            read += built.bytesRead();
            written += built.bytesWritten();
            seconds += built.seconds();
        }

        Built and(Built output) {
            return new Built(output.digest(), read + output.bytesRead(),
                    written + output.bytesWritten(), seconds + output.seconds(),
                    output.accumulatedScale());
        }
    }

    /**
     * Checks everything that {@link #write} checks and estimates its cost, without making a model: recipes are planned
     * with outlines of the models before them, in a temporary folder beside the output.
     *
     * @param sequence the recipes
     * @param out the folder that the output would be written to
     * @throws CheckpointException if a model cannot be read
     * @throws MergeException if models do not fit a recipe
     * @throws DocumentException if a model is neither a folder nor made by another recipe
     */
    public SequencePreview preview(MergeSequence sequence, Path out)
            throws CheckpointException, MergeException, DocumentException {
        if (sequence.steps().size() == 1) {
            return new SequencePreview(List.of(build.preview(sequence.output(), out)));
        }
        requireModels(sequence);
        try (var models = IntermediateModels.beside(out)) {
            Function<String, Path> places = models.places(sequence, build.paths());
            Set<Path> outlines = sequence.names()
                    .stream()
                    .map(places)
                    .collect(Collectors.toUnmodifiableSet());
            var merges = new ArrayList<MergePreview>();
            for (Step step : sequence.intermediates()) {
                merges.add(build.at(places)
                        .preview(step.recipe(), out, outlines,
                                places.apply(String.valueOf(step.name()))));
            }
            merges.add(build.at(places).preview(sequence.output(), out, outlines, null));
            return new SequencePreview(merges);
        }
    }

    /** A misspelt name would only be found after the merges before it. */
    private void requireModels(MergeSequence sequence) throws DocumentException {
        for (Step step : sequence.steps()) {
            for (String model : step.neededModels()) {
                if (!sequence.names().contains(model)
                        && !Files.exists(build.paths().apply(model))) {
                    throw new DocumentException(
                            step.name() == null ? "The output's recipe" : "Recipe " + step.name(),
                            "", "there is neither a folder nor a recipe '" + model + "'.",
                            InvalidInputException.didYouMean(model, sequence.names()));
                }
            }
        }
    }
}
