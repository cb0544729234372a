package io.mendel.campaign;

import io.mendel.campaign.ModelBuild.Built;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.merge.MergeException;
import io.mendel.merge.WriteOptions;
import io.mendel.space.DocumentException;
import io.mendel.space.InvalidInputException;
import io.mendel.space.MergeSequence;
import io.mendel.space.MergeSequence.Step;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Function;
import java.util.stream.Stream;
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

    private static final System.Logger LOGGER = System.getLogger(SequenceBuild.class.getName());

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
        Path folder = kept != null ? kept : temporary(out);
        try {
            return write(sequence, out, folder, progress);
        } finally {
            if (kept == null) {
                remove(folder);
            }
        }
    }

    private Built write(MergeSequence sequence, Path out, Path folder,
            WriteOptions.Progress progress) throws CheckpointException, MergeException {
        Function<String, Path> places = name -> sequence.names().contains(name)
                ? folder.resolve(name)
                : build.paths().apply(name);
        String digest = "";
        long read = 0;
        long written = 0;
        double seconds = 0;
        @Nullable
        Double scale = null;
        for (Step step : sequence.steps()) {
            boolean last = step.equals(sequence.steps().getLast());
            Path target = last ? out : places.apply(String.valueOf(step.name()));
            ModelBuild at = build.at(places);
            Built built = last && onnx
                    ? at.writeOnnx(step.recipe(), target, progress)
                    : at.write(step.recipe(), target, progress);
            digest = built.digest();
            read += built.bytesRead();
            written += built.bytesWritten();
            seconds += built.seconds();
            scale = built.accumulatedScale();
        }
        return new Built(digest, read, written, seconds, scale);
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

    private static Path temporary(Path out) throws CheckpointException {
        Path target = out.toAbsolutePath().normalize();
        Path parent = target.getParent();
        try {
            if (parent == null || Files.notExists(parent)) {
                return Files.createTempDirectory("mendel-merges");
            }
            return Files.createTempDirectory(parent, "." + target.getFileName() + ".merges");
        } catch (IOException e) {
            throw new CheckpointException(Kind.UNWRITABLE, target,
                    "No folder for intermediate models can be made beside it (" + e + ").",
                    "Check the permissions and the free space, or choose another folder.", e);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Intermediate models stay in " + folder, e);
        }
    }
}
