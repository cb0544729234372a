package io.mendel.results.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes text files that are either complete or as they were.
 *
 * @since 0.1
 */
public final class AtomicText {
    private AtomicText() {}

    /**
     * Writes a file beside its target and renames it.
     *
     * @param file the file; its folder exists
     * @param text the content, stored as UTF-8
     * @throws IOException if it cannot be written; the file is as before
     */
    public static void write(Path file, String text) throws IOException {
        var target = file.toAbsolutePath();
        var temporary = target.resolveSibling(
                target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            Files.write(temporary, text.getBytes(StandardCharsets.UTF_8));
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
