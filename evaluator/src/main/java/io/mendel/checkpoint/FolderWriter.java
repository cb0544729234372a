package io.mendel.checkpoint;

import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes a folder of any files and shows it only when it is complete.
 *
 * <p>
 * {@link #close()} without {@link #commit()} leaves no trace. For one thread at a time.
 *
 * @since 0.1
 */
public final class FolderWriter implements AutoCloseable {

    private final OutputFolder folder;
    private final List<FileChannel> channels = new ArrayList<>();

    private FolderWriter(OutputFolder folder) {
        this.folder = folder;
    }

    /**
     * Begins to write.
     *
     * @param directory the folder; must not exist, or be empty; missing parents are created
     * @param bytes how much will be written, at least
     * @throws CheckpointException if the folder holds something, cannot be written, or has too little space
     */
    public static FolderWriter create(Path directory, long bytes) throws CheckpointException {
        try {
            if (Files.isDirectory(directory)) {
                try (Stream<Path> files = Files.list(directory)) {
                    if (files.findAny().isPresent()) {
                        throw new CheckpointException(Kind.EXISTS, directory,
                                "The folder is not empty.",
                                "Choose another folder, or empty this one.");
                    }
                }
            }
            var writer = new FolderWriter(OutputFolder.create(directory));
            long free = Files.getFileStore(writer.folder.staging()).getUsableSpace();
            if (free < bytes) {
                writer.close();
                throw new CheckpointException(Kind.DISK_FULL, directory,
                        "The output needs %,d bytes, but only %,d are free.".formatted(bytes,
                                free),
                        "Free some space, or choose a folder on another disk.");
            }
            return writer;
        } catch (IOException e) {
            throw OutputFolder.unwritable(directory, e);
        }
    }

    /**
     * Begins a file that is written piece by piece; it is closed with this writer.
     *
     * @param fileName a plain name that no other file of the folder has
     * @throws CheckpointException if it cannot be written
     */
    public FileChannel channel(String fileName) throws CheckpointException {
        try {
            FileChannel channel = FileChannel.open(folder.staging().resolve(fileName),
                    StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channels.add(channel);
            return channel;
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /**
     * Writes a whole file.
     *
     * @param fileName a plain name that no other file of the folder has
     * @throws CheckpointException if it cannot be written
     */
    public void bytes(String fileName, byte[] content) throws CheckpointException {
        try {
            Files.write(folder.staging().resolve(fileName), content,
                    StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** Writes a text as UTF-8, as {@link #bytes}. */
    public void text(String fileName, String content) throws CheckpointException {
        bytes(fileName, content.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Copies a file.
     *
     * @param source the file
     * @param fileName the copy's name
     * @throws CheckpointException if the source cannot be read or the copy cannot be written
     */
    public void carry(Path source, String fileName) throws CheckpointException {
        // Not Files.copy to a path: that would copy a read-only mode, too.
        try (OutputStream copy = Files.newOutputStream(folder.staging().resolve(fileName),
                StandardOpenOption.CREATE_NEW)) {
            Files.copy(source, copy);
        } catch (IOException e) {
            throw unwritable(e);
        }
    }

    /** The exception for output that cannot be written. */
    public CheckpointException unwritable(IOException cause) {
        return OutputFolder.unwritable(folder.target(), cause);
    }

    /**
     * Makes the folder appear.
     *
     * @throws CheckpointException if the disk is full or fails, or somebody else wrote to the folder
     */
    public void commit() throws CheckpointException {
        try {
            for (FileChannel channel : channels) {
                channel.force(true);
                channel.close();
            }
        } catch (IOException e) {
            throw unwritable(e);
        }
        folder.publish();
    }

    /** Ends writing; without a commit before, all that was written is removed. */
    @Override
    public void close() {
        for (FileChannel channel : channels) {
            try {
                channel.close();
            } catch (IOException e) {
                System.getLogger(FolderWriter.class.getName())
                        .log(System.Logger.Level.DEBUG, "Closing failed.", e);
            }
        }
        folder.close();
    }
}
