package io.mendel.merge;

/**
 * How a merged model is written.
 *
 * @param maxShardBytes most bytes of tensors in one file, at least 1
 * @param bufferBytes most bytes of merged tensors in memory, at least 1; a piece of a tensor for each thread always has
 *            room
 * @param durable whether to wait until the disk has everything, for the case of a power failure
 * @param digested whether to compute the content digest, which takes longer than merging by a simple method
 * @param progress told about what was written; called by one thread at a time
 * @since 0.1
 */
public record WriteOptions(long maxShardBytes, long bufferBytes, boolean durable,
        boolean digested, Progress progress) {

    /** Bytes of merged tensors in memory unless told otherwise. */
    public static final long BUFFER_BYTES = 64L << 20;

    private static final long FIVE_GIGABYTES = 5_000_000_000L;

    /** Five-gigabyte shards, as transformers writes them, a digest, and nobody told. */
    public static final WriteOptions DEFAULT = new WriteOptions(FIVE_GIGABYTES,
            (written, total) -> {
            });

    public WriteOptions {
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException(
                    "A shard needs at least one byte, not " + maxShardBytes + ".");
        }
        if (bufferBytes < 1) {
            throw new IllegalArgumentException(
                    "The buffers need at least one byte, not " + bufferBytes + ".");
        }
    }

    /** Options with the usual buffers and a digest, and without waiting for the disk. */
    public WriteOptions(long maxShardBytes, Progress progress) {
        this(maxShardBytes, BUFFER_BYTES, false, true, progress);
    }

    /** The same, telling somebody else. */
    public WriteOptions telling(Progress other) {
        return new WriteOptions(maxShardBytes, bufferBytes, durable, digested, other);
    }

    /** The same, waiting until the disk has everything. */
    public WriteOptions durably() {
        return new WriteOptions(maxShardBytes, bufferBytes, true, digested, progress);
    }

    /** The same without a digest. */
    public WriteOptions undigested() {
        return new WriteOptions(maxShardBytes, bufferBytes, durable, false, progress);
    }

    /** Is told how far writing has come. */
    @FunctionalInterface
    public interface Progress {
        /**
         * More bytes are written.
         *
         * @param writtenBytes bytes of tensors written so far
         * @param totalBytes bytes of all tensors
         */
        void written(long writtenBytes, long totalBytes);
    }
}
