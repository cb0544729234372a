package io.mendel.campaign;

import io.mendel.merge.ModelCompanions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tokenizer that no model has, in a temporary folder; closing deletes it. */
final class TokenizerFolder implements AutoCloseable {

    private static final System.Logger LOGGER = System.getLogger(TokenizerFolder.class.getName());

    private final ModelCompanions files;
    private final Path path;

    /**
     * Writes the files.
     *
     * @throws UncheckedIOException if the system's folder for temporary files has no space for them
     */
    TokenizerFolder(ModelCompanions files) {
        this.files = files;
        try {
            this.path = Files.createTempDirectory("mendel");
            files.save(path);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The tokenizer cannot be stored in a temporary folder: " + e.getMessage(), e);
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            for (String file : files.files().keySet()) {
                Files.deleteIfExists(path.resolve(file));
            }
            Files.delete(path);
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "The temporary folder stays.", e);
        }
    }
}
