package io.mendel.cli;

import io.mendel.space.DocumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads the small text files users hand us. */
final class InputFiles {

    private static final long MAX_BYTES = 16_000_000;

    private InputFiles() {}

    static String text(Path path) throws DocumentException {
        try {
            if (Files.isDirectory(path)) {
                throw new DocumentException(path.toString(), "",
                        "this is a folder, a YAML file is needed.",
                        "Name the file inside it.");
            }
            if (Files.size(path) > MAX_BYTES) {
                throw new DocumentException(path.toString(), "", "the file is larger than 16 MB.",
                        "Name a recipe or campaign file.");
            }
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new DocumentException(path.toString(), "", "there is no such file.",
                    "Check the path.");
        } catch (IOException e) {
            throw new DocumentException(path.toString(), "",
                    "the file cannot be read (" + e.getMessage() + ").",
                    "Check its permissions and that it is UTF-8 text.");
        }
    }
}
