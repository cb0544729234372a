package io.mendel.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.List;

/**
 * A model folder with names, types and shapes of tensors, whose elements are all 0.
 *
 * <p>
 * The zeros are a hole in the file, which takes no space on the usual file systems. It stands for a model that is not
 * there yet, while it is planned what to do with it.
 *
 * @since 0.1
 */
public final class CheckpointOutline {

    private CheckpointOutline() {}

    /**
     * Writes an outline.
     *
     * @param directory a new or empty folder
     * @param config the content of {@code config.json}
     * @param tensors the tensors
     * @throws CheckpointException if it cannot be written
     */
    public static void write(Path directory, JsonNode config, Collection<TensorInfo> tensors)
            throws CheckpointException {
        ShardPlan.Shard shard = new ShardPlan(List.copyOf(tensors), Long.MAX_VALUE).shards()
                .getFirst();
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("config.json"), config.toPrettyString() + "\n",
                    StandardOpenOption.CREATE_NEW);
            try (FileChannel channel = FileChannel.open(directory.resolve(shard.fileName()),
                    StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                    StandardOpenOption.SPARSE)) {
                TensorParts.write(channel, shard.header().duplicate(), 0);
                if (shard.sizeBytes() > shard.header().remaining()) {
                    TensorParts.write(channel, ByteBuffer.allocate(1), shard.sizeBytes() - 1);
                }
            }
        } catch (IOException e) {
            throw OutputFolder.unwritable(directory, e);
        }
    }
}
