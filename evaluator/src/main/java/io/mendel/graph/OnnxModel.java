package io.mendel.graph;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.ExportWeights;
import io.mendel.checkpoint.FolderWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/**
 * A decoder as one ONNX model with its weights in a second file, as optimum names both.
 *
 * <p>
 * Opset 23, IR version 10, standard operators only, fp32 arithmetic. Inputs and outputs are those of a decoder with keys and
 * values of earlier tokens: {@code input_ids}, {@code attention_mask}, {@code position_ids},
 * {@code past_key_values.i.key/value}; {@code logits}, {@code present.i.key/value}; all axes but the model's own are
 * dynamic. Every tensor is stored in the type of its checkpoint, and once, however many layers use it.
 *
 * <p>
 * The blocks are those that {@link BlockGraphs} compiles for candidates, so the model computes what a campaign has scored.
 *
 * @since 0.1
 */
public final class OnnxModel {

    /** The name of the model's file. */
    public static final String FILE = "model.onnx";
    /** The name of the file with its weights. */
    public static final String DATA = "model.onnx_data";

    private static final long MOST_AT_ONCE = 1 << 24;

    private final DecoderModelGraph.Linked linked;
    private final ExportWeights weights;

    private OnnxModel(DecoderModelGraph.Linked linked, ExportWeights weights) {
        this.linked = linked;
        this.weights = weights;
    }

    /**
     * Links the model; nothing is read yet.
     *
     * @param config the model's shape
     * @param weights its weights, all that {@link WeightLayout} names
     * @throws IllegalArgumentException if a weight is missing
     */
    public static OnnxModel of(DecoderConfig config, ExportWeights weights) {
        return new OnnxModel(DecoderModelGraph.link(config, weights), weights);
    }

    /** Bytes that {@link #write} writes. */
    public long bytes() {
        return linked.model().length + linked.bytes();
    }

    /**
     * Writes both files, the weights tensor by tensor.
     *
     * @param folder where they go
     * @param progress is told the bytes written so far
     * @return lower-case hexadecimal SHA-256 of all stored elements, in the order of the file, and of the graph
     * @throws CheckpointException if they cannot be written
     */
    public String write(FolderWriter folder, LongConsumer progress) throws CheckpointException {
        MessageDigest sha = sha256();
        FileChannel channel = folder.channel(DATA);
        for (ModelInitializers.Extent extent : linked.data()) {
            long[] position = {extent.offset()};
            weights.read(extent.tensor(), bytes -> {
                store(folder, channel, position[0], bytes, sha);
                position[0] += bytes.byteSize();
                progress.accept(position[0]);
            });
            if (position[0] != extent.offset() + extent.length()) {
                throw new IllegalStateException("The tensor %s has %d bytes, not %d.".formatted(
                        extent.tensor(), position[0] - extent.offset(), extent.length()));
            }
        }
        folder.bytes(FILE, linked.model());
        progress.accept(bytes());
        return HexFormat.of().formatHex(sha.digest(linked.model()));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256.", e);
        }
    }

    private static void store(FolderWriter folder, FileChannel channel, long position,
            MemorySegment bytes, MessageDigest sha) throws CheckpointException {
        try {
            for (long done = 0; done < bytes.byteSize(); done += MOST_AT_ONCE) {
                ByteBuffer part = bytes
                        .asSlice(done, Math.min(MOST_AT_ONCE, bytes.byteSize() - done))
                        .asByteBuffer();
                sha.update(part.duplicate());
                long at = position + done;
                while (part.hasRemaining()) {
                    at += channel.write(part, at);
                }
            }
        } catch (IOException e) {
            throw folder.unwritable(e);
        }
    }
}
