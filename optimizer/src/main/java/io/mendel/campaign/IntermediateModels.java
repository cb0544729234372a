package io.mendel.campaign;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.ExitCleanUp;
import io.mendel.space.LateLogger;
import io.mendel.space.MergeSequence;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder of the models that recipes of one file make for each other; closing removes it unless it is the user's. */
final class IntermediateModels implements AutoCloseable {

    private static final System.Logger LOGGER = LateLogger.of(IntermediateModels.class);

    private final Path folder;
    private final boolean kept;
    private final ExitCleanUp atExit;

    private IntermediateModels(Path folder, boolean kept) {
        this.folder = folder;
        this.kept = kept;
        this.atExit = ExitCleanUp.of(this::remove);
    }

    /** In a folder of the user's, or else in a new one beside the output. */
    static IntermediateModels of(@Nullable Path kept, Path out) throws CheckpointException {
        return kept == null ? beside(out) : new IntermediateModels(kept, true);
    }

    static IntermediateModels beside(Path out) throws CheckpointException {
        Path target = out.toAbsolutePath().normalize();
        Path parent = target.getParent();
        while (parent != null && Files.notExists(parent)) {
            parent = parent.getParent();
        }
        return in(parent == null ? target : parent, "." + target.getFileName() + ".merges");
    }

    /** In a new folder inside of another. */
    static IntermediateModels in(Path parent, String prefix) throws CheckpointException {
        try {
            return new IntermediateModels(Files.createTempDirectory(parent, prefix), false);
        } catch (IOException e) {
            throw new CheckpointException(Kind.UNWRITABLE, parent,
                    "No folder for intermediate models can be made here (" + e + ").",
                    "Check the permissions and the free space, or choose another folder.", e);
        }
    }

    /** Where all models are: these here, others where they were. */
    Function<String, Path> places(MergeSequence sequence, Function<String, Path> others) {
        return name -> sequence.names().contains(name) ? folder.resolve(name) : others.apply(name);
    }

    @Override
    public void close() {
        atExit.close();
        remove();
    }

    private synchronized void remove() {
        if (kept || Files.notExists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                // The process may be stopping, and a model in it be removing itself.
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Intermediate models stay in " + folder, e);
        }
    }
}
