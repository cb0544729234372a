package io.mendel.checkpoint;

import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One memory-mapped safetensors file.
 *
 * <pre>
 * 8 bytes   N, length of the header, unsigned little endian; at most 100,000,000
 * N bytes   header: a JSON object, see {@link SafetensorsHeader}
 * the rest  the tensors' data, without holes; little endian, C order, not aligned
 * </pre>
 *
 * Opening costs the parsing of the header; data are paged in when touched. All methods are thread-safe. If another
 * program shortens the file while it is open, reading its tensors fails with an {@link InternalError}.
 *
 * @since 0.1
 */
public final class SafetensorsFile implements AutoCloseable {

    /** Largest header that the format allows, in bytes. */
    static final long MAX_HEADER = 100_000_000;

    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final String REMEDY = "The file is damaged, incomplete or no safetensors file: download it again.";

    private final Path path;
    private final Arena arena;
    private final SortedMap<String, Tensor> tensors;
    private final Map<String, String> metadata;

    private SafetensorsFile(Path path, Arena arena, SortedMap<String, Tensor> tensors,
            Map<String, String> metadata) {
        this.path = path;
        this.arena = arena;
        this.tensors = Collections.unmodifiableSortedMap(tensors);
        this.metadata = Collections.unmodifiableMap(metadata);
    }

    /**
     * Maps a file and validates its header.
     *
     * @param path a regular file, or a link to one
     * @throws CheckpointException if the file is missing, unreadable, or breaks a rule of the format
     */
    // The arena is closed with the file that is returned.
    @SuppressWarnings("MustBeClosedChecker")
    public static SafetensorsFile open(Path path) throws CheckpointException {
        // Asked first because opening a named pipe would block.
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(Kind.MISSING, path,
                    Files.exists(path) ? "This is not a regular file." : "The file does not exist.",
                    "Check the path, and that the download is complete.");
        }
        Arena arena = Arena.ofShared();
        boolean opened = false;
        try (FileChannel channel = FileChannel.open(path)) {
            SafetensorsFile file = read(path, channel, arena);
            opened = true;
            return file;
        } catch (IOException e) {
            throw StrictJson.unreadable(path, e);
        } finally {
            if (!opened) {
                arena.close();
            }
        }
    }

    private static SafetensorsFile read(Path path, FileChannel channel, Arena arena)
            throws IOException, CheckpointException {
        long size = channel.size();
        if (size < Long.BYTES) {
            throw new CheckpointException(Kind.TRUNCATED, path,
                    "A safetensors file begins with 8 bytes of header length, but this one has "
                            + size + " in all.",
                    REMEDY);
        }
        MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
        long headerSize = mapped.get(LENGTH, 0);
        if (headerSize < 0 || headerSize > MAX_HEADER) {
            throw new CheckpointException(Kind.HEADER_TOO_LARGE, path,
                    "The header length must be at most %d, not %s.".formatted(MAX_HEADER,
                            Long.toUnsignedString(headerSize)),
                    REMEDY);
        }
        if (headerSize > size - Long.BYTES) {
            throw new CheckpointException(Kind.TRUNCATED, path,
                    "The header length is %d, but only %d bytes follow.".formatted(headerSize,
                            size - Long.BYTES),
                    REMEDY);
        }
        MemorySegment header = mapped.asSlice(Long.BYTES, headerSize);
        MemorySegment data = mapped.asSlice(Long.BYTES + headerSize);
        if (headerSize == 0 || header.get(ValueLayout.JAVA_BYTE, 0) != '{') {
            throw new CheckpointException(Kind.HEADER, path, "The header must begin with '{'.",
                    REMEDY);
        }
        SortedMap<String, Tensor> tensors = new TreeMap<>();
        try (InputStream bytes = new SegmentInputStream(header)) {
            var content = SafetensorsHeader.read(path, bytes, data.byteSize());
            for (var entry : content.entries()) {
                tensors.put(entry.info().name(),
                        new Tensor(entry.info(),
                                data.asSlice(entry.begin(), entry.end() - entry.begin())));
            }
            return new SafetensorsFile(path, arena, tensors, content.metadata());
        }
    }

    /** The file. */
    public Path path() {
        return path;
    }

    /** The tensors by name; their data are read-only slices of the mapped file, valid until it is closed. */
    public SortedMap<String, Tensor> tensors() {
        return tensors;
    }

    /** The free text that the file carries ({@code __metadata__}), by key. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * The tensor of this name.
     *
     * @throws IllegalArgumentException if the file has no such tensor
     */
    public Tensor tensor(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(path + " has no tensor '" + name + "'.");
        }
        return tensor;
    }

    /** Unmaps the file; its tensors' data must no longer be used. */
    @Override
    public void close() {
        arena.close();
    }
}
