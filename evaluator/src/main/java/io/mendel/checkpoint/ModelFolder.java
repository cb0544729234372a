package io.mendel.checkpoint;

import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A folder whose files may be read, and nothing outside it.
 *
 * <p>
 * Links inside the folder are followed only to targets inside it, or inside {@code ../../blobs}, where the Hugging Face
 * cache keeps the files that {@code snapshots/<revision>/} links to.
 */
final class ModelFolder {

    private final Path directory;
    private final Path real;

    private ModelFolder(Path directory, Path real) {
        this.directory = directory;
        this.real = real;
    }

    static ModelFolder of(Path directory) throws CheckpointException {
        if (!Files.isDirectory(directory)) {
            throw new CheckpointException(Kind.MISSING, directory,
                    Files.exists(directory)
                            ? "This is not a folder."
                            : "The folder does not exist.",
                    "Give the local folder that holds config.json and the weights; nothing is ever downloaded.");
        }
        try {
            return new ModelFolder(directory, directory.toRealPath());
        } catch (IOException e) {
            throw StrictJson.unreadable(directory, e);
        }
    }

    Path directory() {
        return directory;
    }

    /** Whether something of this name exists in the folder. */
    boolean has(String fileName) {
        return Files.exists(directory.resolve(fileName));
    }

    /**
     * The regular file of this name.
     *
     * @param name a relative path without {@code ..}
     * @throws CheckpointException if the path or a link leaves the folder, or there is no such file
     */
    Path file(String name) throws CheckpointException {
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            throw new CheckpointException(Kind.PATH_ESCAPE, directory,
                    "'" + name + "' is not a file name.",
                    "Only use this checkpoint if you trust its origin.", e);
        }
        if (name.isEmpty() || path.isAbsolute()
                || Stream.of(name.split("[/\\\\]", -1)).anyMatch(part -> part.equals(".."))) {
            throw escapes(name);
        }
        Path file = directory.resolve(path);
        try {
            if (!Files.exists(file)) {
                throw new CheckpointException(Kind.MISSING, file, "The file does not exist.",
                        "Check that the download is complete.");
            }
            if (!isInside(file.toRealPath())) {
                throw escapes(name);
            }
        } catch (IOException e) {
            throw StrictJson.unreadable(file, e);
        }
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(Kind.MISSING, file, "This is not a regular file.",
                    "Check that the download is complete.");
        }
        return file;
    }

    private boolean isInside(Path target) {
        if (target.startsWith(real)) {
            return true;
        }
        Path snapshots = real.getParent();
        Path repository = snapshots == null ? null : snapshots.getParent();
        return repository != null && target.startsWith(repository.resolve("blobs"));
    }

    private CheckpointException escapes(String name) {
        return new CheckpointException(Kind.PATH_ESCAPE, directory,
                "The file '" + name + "' lies outside the folder.",
                "Only use this checkpoint if you trust its origin; to share weights between folders, copy them.");
    }

    /** Names of the files directly in the folder that end with one of these suffixes, sorted. */
    List<String> namesEndingWith(List<String> suffixes) throws CheckpointException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> suffixes.stream()
                            .anyMatch(name.toLowerCase(Locale.ROOT)::endsWith))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw StrictJson.unreadable(directory, e);
        }
    }
}
