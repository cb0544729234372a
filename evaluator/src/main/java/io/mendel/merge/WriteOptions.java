package io.mendel.merge;

/**
 * How a merged model is written.
 *
 * @param maxShardBytes most bytes of tensors in one file, at least 1
 * @param progress told about what was written; called by one thread at a time
 * @since 0.1
 */
public record WriteOptions(long maxShardBytes, Progress progress) {

    private static final long FIVE_GIGABYTES = 5_000_000_000L;

    /** Five-gigabyte shards, as transformers writes them, and nobody told. */
    public static final WriteOptions DEFAULT = new WriteOptions(FIVE_GIGABYTES,
            (written, total) -> {
            });

    public WriteOptions {
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException(
                    "A shard needs at least one byte, not " + maxShardBytes + ".");
        }
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
