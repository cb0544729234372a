package io.mendel.checkpoint;

import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes a Hugging Face model folder, tensor by tensor, and shows it only when it is complete.
 *
 * <p>
 * Files are named as transformers names them: {@code model.safetensors}, or {@code model-00001-of-0000N.safetensors}
 * and {@code model.safetensors.index.json}. Their bytes depend only on the tensors and the limit, not on the order or
 * the threads of writing. Nothing is kept in memory. {@link #close()} without {@link #commit()} leaves no trace.
 *
 * <p>
 * {@link #write} may be called by several threads at once; the other methods by one thread, after all writes.
 *
 * @since 0.1
 */
public final class CheckpointWriter implements AutoCloseable {

    private final ShardPlan plan;
    private final OutputFolder folder;
    private final List<FileChannel> channels = new ArrayList<>();
    private final Set<String> begun = ConcurrentHashMap.newKeySet();
    private final Set<String> written = ConcurrentHashMap.newKeySet();
    private final Map<String, byte[]> digests = new ConcurrentHashMap<>();
    private final boolean durable;
    private final boolean digested;
    private volatile boolean finished;

    private CheckpointWriter(ShardPlan plan, OutputFolder folder, boolean durable,
            boolean digested) {
        this.plan = plan;
        this.folder = folder;
        this.durable = durable;
        this.digested = digested;
    }

    /**
     * Plans the files and begins to write.
     *
     * <p>
     * The folder must not exist, be empty, or be an earlier output of this class, which commit replaces: its
     * safetensors files carry {@code "producer": "mendel"} in their metadata, and there is nothing else but usual
     * companions such as JSON files. Any other content is refused, so that nobody's model is overwritten.
     *
     * @param directory the folder to write; missing parents are created
     * @param tensors all tensors, in the order in which they fill the shards
     * @param maxShardBytes most bytes of tensors in one file, at least 1; a larger tensor gets a file of its own
     * @throws CheckpointException if the folder holds something else, cannot be written, or has too little space
     * @throws IllegalArgumentException if a tensor's name occurs twice or is reserved
     */
    public static CheckpointWriter create(Path directory, List<TensorInfo> tensors,
            long maxShardBytes)
            throws CheckpointException {
        return create(directory, tensors, maxShardBytes, true, true);
    }

    /**
     * Plans the files and begins to write, as {@link #create(Path, List, long)}.
     *
     * @param durable whether commit waits until the disk has everything; otherwise a process that dies leaves no trace,
     *            but a power failure within the next minute can leave files that are too short, which opening them
     *            tells
     * @param digested whether {@link #digest()} will be asked for
     */
    public static CheckpointWriter create(Path directory, List<TensorInfo> tensors,
            long maxShardBytes, boolean durable, boolean digested)
            throws CheckpointException {
        ShardPlan plan = new ShardPlan(tensors, maxShardBytes);
        var writer = new CheckpointWriter(plan, OutputFolder.create(directory), durable,
                digested);
        boolean begun = false;
        try {
            writer.begin();
            begun = true;
            return writer;
        } catch (IOException e) {
            throw OutputFolder.unwritable(directory, e);
        } finally {
            if (!begun) {
                writer.close();
            }
        }
    }

    private void begin() throws IOException, CheckpointException {
        Path staging = folder.staging();
        long free = Files.getFileStore(staging).getUsableSpace();
        if (free < plan.sizeBytes()) {
            throw new CheckpointException(Kind.DISK_FULL, folder.target(),
                    "The output needs %,d bytes, but only %,d are free.".formatted(plan.sizeBytes(),
                            free),
                    "Free some space, or choose a folder on another disk.");
        }
        for (ShardPlan.Shard shard : plan.shards()) {
            FileChannel channel = FileChannel.open(staging.resolve(shard.fileName()),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
            channels.add(channel);
            TensorParts.write(channel, shard.header().duplicate(), 0);
        }
    }

    /**
     * Writes a tensor's data.
     *
     * @param name a tensor of the plan that was not written yet
     * @param data exactly its bytes, C order, little endian
     * @throws CheckpointException if the disk is full or fails
     * @throws IllegalArgumentException if there is no such tensor, it was written before, or has another size
     */
    public void write(String name, MemorySegment data) throws CheckpointException {
        TensorParts parts = parts(name, data.byteSize());
        parts.store(0, data);
        parts.digest(data);
        parts.finish();
    }

    /**
     * Begins a tensor that is written part by part.
     *
     * @param name a tensor of the plan that was not written yet
     * @throws IllegalArgumentException if there is no such tensor, or it was written before
     */
    public TensorParts parts(String name) {
        ShardPlan.Place place = plan.places().get(name);
        return parts(name, place == null ? 0 : place.info().byteSize());
    }

    private TensorParts parts(String name, long size) {
        ShardPlan.Place place = plan.places().get(name);
        if (place == null || size != place.info().byteSize()) {
            throw new IllegalArgumentException(
                    "There must be a tensor '%s' of %d bytes, but the plan says %s.".formatted(
                            name, size, place == null ? "nothing of it" : place.info()));
        }
        if (finished) {
            throw new IllegalStateException("The writer is closed.");
        }
        if (!begun.add(name)) {
            throw new IllegalArgumentException("The tensor '" + name + "' was written before.");
        }
        return new TensorParts(this, place, channels.get(place.shard()),
                digested ? TensorDigest.sha256() : null);
    }

    void finished(String name, byte @Nullable [] digest) {
        if (digest != null) {
            digests.put(name, digest);
        }
        written.add(name);
    }

    CheckpointException unwritable(IOException cause) {
        return OutputFolder.unwritable(folder.target(), cause);
    }

    /**
     * Content digest of all tensors, equal to {@link Checkpoint#digest()} of the written folder.
     *
     * @throws IllegalStateException if a tensor was not written, or the writer was created without a digest
     */
    public String digest() {
        requireAll();
        if (!digested) {
            throw new IllegalStateException("The writer was created without a digest.");
        }
        var sorted = new TreeMap<String, TensorInfo>();
        plan.places().forEach((name, place) -> sorted.put(name, place.info()));
        return TensorDigest.of(List.copyOf(sorted.values()),
                info -> Objects.requireNonNull(digests.get(info.name())));
    }

    private void requireAll() {
        for (String name : plan.places().keySet()) {
            if (!written.contains(name)) {
                throw new IllegalStateException("The tensor '" + name + "' was not written.");
            }
        }
    }

    /**
     * Copies a file that belongs to the model, such as a tokenizer.
     *
     * @param source the file to copy
     * @param fileName its name in the new folder
     * @throws CheckpointException if the source cannot be read or the copy cannot be written
     * @throws IllegalArgumentException if the name is not a plain file name or is that of a weight file
     */
    public void carry(Path source, String fileName) throws CheckpointException {
        Path target = sideFile(fileName);
        if (!Files.isRegularFile(source) || !Files.isReadable(source)) {
            throw new CheckpointException(Kind.MISSING, source, "This is no file that can be read.",
                    "Check the path, and that the download is complete.");
        }
        // Not Files.copy to a path: that would copy a read-only mode, too.
        try (OutputStream copy = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
            Files.copy(source, copy);
            sync(target);
        } catch (IOException e) {
            throw OutputFolder.unwritable(folder.target(), e);
        }
    }

    /**
     * Writes a text file that belongs to the model, such as {@code config.json}.
     *
     * @param fileName its name in the new folder
     * @param content its content, written as UTF-8
     * @throws CheckpointException if it cannot be written
     * @throws IllegalArgumentException if the name is not a plain file name or is that of a weight file
     */
    public void text(String fileName, String content) throws CheckpointException {
        bytes(sideFile(fileName), content.getBytes(StandardCharsets.UTF_8));
    }

    private Path sideFile(String fileName) {
        Set<String> reserved = Set.of("", ".", "..", ".lock");
        if (reserved.contains(fileName) || fileName.contains("/") || fileName.contains("\\")
                || fileName.endsWith(".safetensors") || fileName.equals(ShardIndex.FILE)) {
            throw new IllegalArgumentException(
                    "'" + fileName + "' is not the name of a file beside the weights.");
        }
        return folder.staging().resolve(fileName);
    }

    private void bytes(Path file, byte[] content) throws CheckpointException {
        try {
            Files.write(file, content, StandardOpenOption.CREATE_NEW);
            sync(file);
        } catch (IOException e) {
            throw OutputFolder.unwritable(folder.target(), e);
        }
    }

    private void sync(Path file) throws IOException {
        if (!durable) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    /**
     * Makes the folder appear; a durable writer has everything on disk then.
     *
     * @throws CheckpointException if the disk is full or fails, or somebody else wrote to the folder
     * @throws IllegalStateException if a tensor was not written
     */
    public void commit() throws CheckpointException {
        if (finished) {
            throw new IllegalStateException("The writer is closed.");
        }
        requireAll();
        if (plan.shards().size() > 1) {
            bytes(folder.staging().resolve(ShardIndex.FILE), plan.index());
        }
        try {
            for (FileChannel channel : channels) {
                if (durable) {
                    channel.force(true);
                }
                channel.close();
            }
        } catch (IOException e) {
            throw OutputFolder.unwritable(folder.target(), e);
        }
        folder.publish();
        finished = true;
    }

    /** Ends writing; without a commit before, all that was written is removed. */
    @Override
    public void close() {
        finished = true;
        try {
            for (FileChannel channel : channels) {
                channel.close();
            }
        } catch (IOException e) {
            System.getLogger(CheckpointWriter.class.getName())
                    .log(System.Logger.Level.DEBUG, "Closing failed.", e);
        }
        folder.close();
    }
}
