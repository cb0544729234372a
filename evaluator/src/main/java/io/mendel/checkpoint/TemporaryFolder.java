package io.mendel.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Folders for files that nobody keeps.
 *
 * @since 0.1
 */
public final class TemporaryFolder {

    private TemporaryFolder() {}

    /** The folder that the environment variable {@code TMPDIR} names, if there is one; else Java's. */
    public static Path system() {
        return choose(System.getenv("TMPDIR"), System.getProperty("java.io.tmpdir", "."));
    }

    static Path choose(@Nullable String wanted, String fallback) {
        return wanted != null && !wanted.isBlank() && Files.isDirectory(Path.of(wanted))
                ? Path.of(wanted)
                : Path.of(fallback);
    }

    /**
     * A folder on the disk of an output: its own if it exists, else the nearest above.
     *
     * @param output a folder, which need not exist
     */
    public static Path near(Path output) {
        Path folder = output.toAbsolutePath().normalize();
        while (folder != null && !Files.isDirectory(folder)) {
            folder = folder.getParent();
        }
        return folder == null ? system() : folder;
    }
}
