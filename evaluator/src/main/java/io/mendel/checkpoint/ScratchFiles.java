package io.mendel.checkpoint;

import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Computed tensors in temporary files that nobody else sees: each is deleted as soon as it is mapped, or when the
 * process ends where mapped files cannot be deleted.
 */
final class ScratchFiles implements AutoCloseable {

    private static final long PIECE_BYTES = 1 << 22;

    private final Path directory;
    private final String elsewhere;
    private final Arena arena;

    /** Files in this folder, or in the system's folder for temporary files. */
    // The arena is closed with this object.
    @SuppressWarnings("MustBeClosedChecker")
    ScratchFiles(@Nullable Path directory) {
        this.directory = directory == null ? TemporaryFolder.system() : directory;
        this.elsewhere = directory == null
                ? "let the environment variable TMPDIR name a folder on another disk."
                : "choose an output on another disk.";
        this.arena = Arena.ofShared();
    }

    /**
     * Computes a tensor piece by piece.
     *
     * @throws UnusableTensorException if it cannot be stored, as when there is no space for it
     */
    Tensor store(DerivedTensor derivation) {
        TensorInfo info = derivation.info();
        long size = info.byteSize();
        long rows = info.shape().isEmpty() ? 1 : info.shape().getFirst();
        if (size == 0) {
            return new Tensor(info, MemorySegment.NULL);
        }
        long rowBytes = size / rows;
        long piece = Math.clamp(PIECE_BYTES / rowBytes, 1, rows);
        try {
            long free = DiskSpace.free(directory);
            if (free < size) {
                throw new UnusableTensorException(new CheckpointException(Kind.DISK_FULL, directory,
                        "The tensor %s needs a temporary file of %,d bytes, but only %,d are free."
                                .formatted(info.name(), size, free),
                        "Free some space, or " + elsewhere));
            }
            Path file = Files.createTempFile(directory, ".mendel", ".tensor");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ,
                    StandardOpenOption.WRITE); Arena buffers = Arena.ofConfined()) {
                MemorySegment buffer = buffers.allocate(piece * rowBytes);
                for (long row = 0; row < rows; row += piece) {
                    MemorySegment part = buffer.asSlice(0, Math.min(piece, rows - row) * rowBytes);
                    derivation.compute(row, part);
                    // Written, not mapped, so that a full disk is an exception and not a crash.
                    writeFully(channel, part);
                }
                return new Tensor(info,
                        channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena));
            } finally {
                delete(file);
            }
        } catch (IOException e) {
            throw new UnusableTensorException(new CheckpointException(
                    DiskSpace.isFull(directory) ? Kind.DISK_FULL : Kind.UNWRITABLE, directory,
                    "The tensor %s cannot be stored in a temporary file of %,d bytes (%s)."
                            .formatted(info.name(), size, e),
                    "Check the permissions and the free space, or " + elsewhere, e));
        }
    }

    private static void writeFully(FileChannel channel, MemorySegment part) throws IOException {
        ByteBuffer bytes = part.asByteBuffer();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void delete(Path file) throws IOException {
        try {
            Files.delete(file);
        } catch (IOException e) {
            if (!Files.exists(file)) {
                throw e;
            }
            file.toFile().deleteOnExit();
        }
    }

    /** Unmaps the tensors. */
    @Override
    public void close() {
        arena.close();
    }
}
