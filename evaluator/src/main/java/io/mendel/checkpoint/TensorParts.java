package io.mendel.checkpoint;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A tensor that is written part by part, so that it never has to be whole in memory.
 *
 * <p>
 * Every byte is handed over twice: to {@link #store}, in any order and by any thread, and to {@link #digest}, in the
 * tensor's order. {@link #finish} ends it.
 *
 * @since 0.1
 */
public final class TensorParts {

    private static final long CHUNK = 1 << 24;

    private final CheckpointWriter writer;
    private final ShardPlan.Place place;
    private final FileChannel channel;
    private final @Nullable MessageDigest digest;
    private final AtomicLong stored = new AtomicLong();
    private long digested;

    TensorParts(CheckpointWriter writer, ShardPlan.Place place, FileChannel channel,
            @Nullable MessageDigest digest) {
        this.writer = writer;
        this.place = place;
        this.channel = channel;
        this.digest = digest;
    }

    /**
     * Writes some of the data; parts must not overlap.
     *
     * @param offset where in the tensor's data the part begins, in bytes
     * @param part the bytes
     * @throws CheckpointException if the disk is full or fails
     * @throws IllegalArgumentException if the part reaches beyond the tensor
     */
    public void store(long offset, MemorySegment part) throws CheckpointException {
        if (offset < 0 || part.byteSize() > place.info().byteSize() - offset) {
            throw new IllegalArgumentException(
                    "The %d bytes from %d on must lie inside of the %d bytes of %s.".formatted(
                            part.byteSize(), offset, place.info().byteSize(),
                            place.info().name()));
        }
        try {
            for (long begin = 0; begin < part.byteSize(); begin += CHUNK) {
                write(channel, part.asSlice(begin, Math.min(CHUNK, part.byteSize() - begin)),
                        place.offset() + offset + begin);
            }
        } catch (IOException e) {
            throw writer.unwritable(e);
        }
        stored.addAndGet(part.byteSize());
    }

    /** Adds the next bytes to the content digest, if the writer has one; by one thread at a time. */
    public void digest(MemorySegment part) {
        if (digest != null) {
            TensorDigest.add(digest, part);
        }
        digested += part.byteSize();
    }

    /**
     * Ends the tensor.
     *
     * @throws IllegalStateException if some of it was not stored or not digested
     */
    public void finish() {
        long size = place.info().byteSize();
        if (stored.get() != size || digested != size) {
            throw new IllegalStateException(
                    "Of the %d bytes of %s, %d were stored and %d digested.".formatted(size,
                            place.info().name(), stored.get(), digested));
        }
        writer.finished(place.info().name(), digest == null ? null : digest.digest());
    }

    private static void write(FileChannel channel, MemorySegment part, long position)
            throws IOException {
        if (part.isNative()) {
            write(channel, part.asByteBuffer(), position);
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            write(channel, arena.allocate(part.byteSize()).copyFrom(part).asByteBuffer(), position);
        }
    }

    /** Writes all bytes, to a position in a file. */
    static void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }
}
