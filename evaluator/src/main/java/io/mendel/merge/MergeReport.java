package io.mendel.merge;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What was merged and written.
 *
 * @param directory the folder of the model
 * @param digest content digest of the written tensors, equal to that of the opened checkpoint; null if it was not asked for
 * @param bytesRead bytes of all parents' tensors that went in
 * @param bytesWritten bytes of all tensors
 * @since 0.1
 */
public record MergeReport(Path directory, @Nullable String digest, long bytesRead,
        long bytesWritten) {}
