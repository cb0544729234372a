package io.mendel.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files beside a model's weights, such as its tokenizer, read as files that nobody vouches for.
 *
 * <p>
 * Only regular files inside the folder are read, or those that a folder of the Hugging Face cache links to.
 *
 * @since 0.1
 */
public final class CompanionFiles {

    private final ModelFolder folder;

    private CompanionFiles(ModelFolder folder) {
        this.folder = folder;
    }

    /**
     * The files of a model folder.
     *
     * @throws CheckpointException if there is no such folder
     */
    public static CompanionFiles of(Path directory) throws CheckpointException {
        return new CompanionFiles(ModelFolder.of(directory));
    }

    /**
     * The path of a file.
     *
     * @param fileName its name
     * @return null if the folder has no such file
     * @throws CheckpointException if the file is a link out of the folder, or not a regular file
     */
    public @Nullable Path file(String fileName) throws CheckpointException {
        return folder.has(fileName) ? folder.file(fileName) : null;
    }

    /**
     * Reads a file that must hold one JSON object: UTF-8, no duplicate keys, bounded size and depth.
     *
     * @param fileName its name
     * @param maxBytes larger files are refused unread
     * @param kind kind of the exception if the content is not such an object
     * @param remedy last line of the exception's message
     * @return null if the folder has no such file
     * @throws CheckpointException if the file cannot be read or is malformed
     */
    public @Nullable ObjectNode json(String fileName, long maxBytes, Kind kind, String remedy)
            throws CheckpointException {
        Path file = file(fileName);
        return file == null ? null : StrictJson.object(file, maxBytes, kind, remedy);
    }

    /**
     * Reads a text.
     *
     * @param fileName the file's name
     * @param maxBytes larger files are refused unread
     * @param kind kind of the exception if the file is too large or not UTF-8
     * @param remedy last line of the exception's message
     * @return null if the folder has no such file
     * @throws CheckpointException if the file cannot be read, is too large or not UTF-8
     */
    public @Nullable String text(String fileName, int maxBytes, Kind kind, String remedy)
            throws CheckpointException {
        Path file = file(fileName);
        if (file == null) {
            return null;
        }
        try (var stream = Files.newInputStream(file)) {
            byte[] bytes = stream.readNBytes(maxBytes + 1);
            if (bytes.length > maxBytes) {
                throw new CheckpointException(kind, file,
                        "The file has more than the %d bytes expected of it.".formatted(maxBytes),
                        remedy);
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(kind, file, "The file is not UTF-8.", remedy, e);
        } catch (IOException e) {
            throw StrictJson.unreadable(file, e);
        }
    }
}
