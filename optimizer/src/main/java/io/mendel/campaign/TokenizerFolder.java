package io.mendel.campaign;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.TemporaryFolder;
import io.mendel.merge.ModelCompanions;
import io.mendel.space.LateLogger;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/** A tokenizer that no model has, in a temporary folder; closing deletes it. */
final class TokenizerFolder implements AutoCloseable {

    private static final System.Logger LOGGER = LateLogger.of(TokenizerFolder.class);

    private final ModelCompanions files;
    private final Path path;

    /**
     * Writes the files.
     *
     * @throws CheckpointException if they cannot be written to the folder for temporary files
     */
    TokenizerFolder(ModelCompanions files) throws CheckpointException {
        this.files = files;
        try {
            this.path = Files.createTempDirectory(TemporaryFolder.system(), "mendel");
            files.save(path);
        } catch (IOException e) {
            throw new CheckpointException(Kind.UNWRITABLE, TemporaryFolder.system(),
                    "The tokenizer cannot be stored in a temporary folder (" + e + ").",
                    "Check the permissions and the free space, or let TMPDIR name another folder.",
                    e);
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
