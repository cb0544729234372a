package io.mendel.campaign;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.space.LateLogger;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The weight files of the parents as they were when the session began.
 *
 * <p>
 * Weights are mapped, not copied, so writing into a file changes the models of a running campaign. Their digests are
 * compared at every start; in between, size and time of change tell at next to no cost. A file that was deleted or
 * renamed stays mapped as it was and does no harm until the next start.
 */
final class ParentFiles {

    private static final System.Logger LOGGER = LateLogger.of(ParentFiles.class);

    private record State(long size, FileTime changed) {}

    private final Map<Path, State> files;

    private ParentFiles(Map<Path, State> files) {
        this.files = files;
    }

    /** The weight files of these models as they are now. */
    static ParentFiles of(ParentModels models) {
        var files = new LinkedHashMap<Path, State>();
        for (Checkpoint model : models.checkpoints().values()) {
            Path folder = model.directory();
            try (Stream<Path> entries = Files.list(folder)) {
                for (Path file : entries.filter(ParentFiles::holdsWeights).sorted().toList()) {
                    State state = state(file);
                    if (state != null) {
                        files.put(file, state);
                    }
                }
            } catch (IOException e) {
                // The models are open, so the folder was there a moment ago; nothing to compare with means nothing to say.
                LOGGER.log(Level.WARNING, folder + " cannot be listed: " + e.getMessage());
            }
        }
        return new ParentFiles(files);
    }

    private static boolean holdsWeights(Path file) {
        return file.toString().endsWith(".safetensors") || file.toString().endsWith(".onnx");
    }

    private static @Nullable State state(Path file) {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new State(attributes.size(), attributes.lastModifiedTime());
        } catch (IOException e) {
            return null;
        }
    }

    /** The first file that was written since, or null. */
    @Nullable
    Path changed() {
        for (var entry : files.entrySet()) {
            State now = state(entry.getKey());
            if (now != null && !now.equals(entry.getValue())) {
                return entry.getKey();
            }
        }
        return null;
    }
}
