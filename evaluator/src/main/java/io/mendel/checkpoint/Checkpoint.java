package io.mendel.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A Hugging Face model folder: {@code config.json} and memory-mapped safetensors weights.
 *
 * <p>
 * Weights are {@code model.safetensors}, or else the shards that {@code model.safetensors.index.json} names; where
 * shards disagree, the index decides. Pickled weights are never read. No file outside the folder is opened, except the
 * blobs that a folder of the Hugging Face cache links to. The files are validated when the checkpoint is opened, the
 * weights themselves are not read ({@link #requireFinite()} does that).
 *
 * <p>
 * All methods are thread-safe. The caller closes the checkpoint; tensors must not be used after that.
 *
 * @since 0.1
 */
public final class Checkpoint implements AutoCloseable {

    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.safetensors";
    private static final long MAX_CONFIG_BYTES = 4_000_000;
    private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl");
    private static final String COMPLETE = "Check that the download is complete.";

    private final Path directory;
    private final JsonNode config;
    private final TensorStore store;
    private volatile @Nullable String digest;

    private Checkpoint(Path directory, JsonNode config, TensorStore store) {
        this.directory = directory;
        this.config = config;
        this.store = store;
    }

    /**
     * Opens a model folder.
     *
     * @param directory the folder
     * @throws CheckpointException if the folder, its {@code config.json} or its weights are missing, malformed,
     *             pickles, or outside the folder
     */
    public static Checkpoint open(Path directory) throws CheckpointException {
        ModelFolder folder = ModelFolder.of(directory);
        ObjectNode config = readConfig(folder);
        if (folder.has(WEIGHTS)) {
            SafetensorsFile file = SafetensorsFile.open(folder.file(WEIGHTS));
            return new Checkpoint(directory, config,
                    new MappedTensors(file.tensors(), List.of(file)));
        }
        if (folder.has(ShardIndex.FILE)) {
            return openShards(folder, config);
        }
        throw noWeights(folder);
    }

    private static ObjectNode readConfig(ModelFolder folder) throws CheckpointException {
        if (!folder.has(CONFIG)) {
            throw new CheckpointException(Kind.MISSING, folder.directory().resolve(CONFIG),
                    "The file does not exist.",
                    "A model folder needs the config.json that transformers writes beside the weights.");
        }
        return StrictJson.object(folder.file(CONFIG), MAX_CONFIG_BYTES, Kind.CONFIG,
                "Download config.json again, or repair it.");
    }

    private static Checkpoint openShards(ModelFolder folder, ObjectNode config)
            throws CheckpointException {
        SortedMap<String, String> shardOf = ShardIndex.read(folder);
        Map<String, SafetensorsFile> shards = new HashMap<>();
        boolean opened = false;
        try {
            SortedMap<String, Tensor> tensors = new TreeMap<>();
            for (Map.Entry<String, String> entry : shardOf.entrySet()) {
                String shard = entry.getValue();
                SafetensorsFile file = shards.get(shard);
                if (file == null) {
                    file = SafetensorsFile.open(folder.file(shard));
                    shards.put(shard, file);
                }
                Tensor tensor = file.tensors().get(entry.getKey());
                if (tensor == null) {
                    throw ShardIndex.absent(folder, entry.getKey(), shard);
                }
                tensors.put(entry.getKey(), tensor);
            }
            opened = true;
            return new Checkpoint(folder.directory(), config,
                    new MappedTensors(tensors, List.copyOf(shards.values())));
        } finally {
            if (!opened) {
                shards.values().forEach(SafetensorsFile::close);
            }
        }
    }

    private static CheckpointException noWeights(ModelFolder folder) throws CheckpointException {
        List<String> pickles = folder.namesEndingWith(PICKLES);
        if (!pickles.isEmpty()) {
            return new CheckpointException(Kind.PICKLE_ONLY, folder.directory(),
                    "The weights must be safetensors, but there are only pickles ("
                            + pickles.getFirst()
                            + "), which can run code when loaded.",
                    "Load them with transformers where that is safe, then save_pretrained(…) writes safetensors.");
        }
        List<String> others = folder.namesEndingWith(List.of(".safetensors"));
        return new CheckpointException(Kind.MISSING, folder.directory(),
                "There is neither " + WEIGHTS + " nor " + ShardIndex.FILE
                        + (others.isEmpty() ? "." : ", only " + others.getFirst() + "."),
                COMPLETE);
    }

    /**
     * A checkpoint like this one, in which some tensors are computed instead of read.
     *
     * <p>
     * A tensor is computed when {@link #tensor} is first asked for it, piece by piece into a temporary file that is
     * mapped and deleted at once. Its {@link #digest()} follows from this checkpoint's digest and the derivations'
     * fingerprints, so it is known without computing anything, and differs from the digest of the same weights in
     * files. This checkpoint, and whatever the derivations read, stay open until the derived one is closed.
     *
     * @param otherConfig the content of {@code config.json} that goes with the tensors
     * @param derivations the computed tensors; each replaces the tensor of its name, or is added
     * @param scratch the folder of the temporary files; null for {@link TemporaryFolder#system() the system's}
     * @param whenClosed called when the derived checkpoint is closed, to close what only it uses
     */
    public Checkpoint derive(JsonNode otherConfig, Collection<? extends DerivedTensor> derivations,
            @Nullable Path scratch, Runnable whenClosed) {
        return new Checkpoint(directory, otherConfig.deepCopy(),
                new DerivedTensors(this, derivations, new ScratchFiles(scratch), whenClosed));
    }

    /** The folder, as it was given; that of a derived checkpoint is its origin's. */
    public Path directory() {
        return directory;
    }

    /** The content of {@code config.json}, a JSON object; a copy. */
    public JsonNode config() {
        return config.deepCopy();
    }

    /** Name, element type and shape of all tensors, by name. */
    public SortedMap<String, TensorInfo> tensors() {
        return store.infos();
    }

    /**
     * The tensor of this name; its data are a read-only slice of the mapped file, not a copy.
     *
     * @throws IllegalArgumentException if there is no such tensor
     * @throws UnusableTensorException if it is derived and there is no space for it
     */
    public Tensor tensor(String name) {
        if (!store.infos().containsKey(name)) {
            throw new IllegalArgumentException(directory + " has no tensor '" + name + "'.");
        }
        return store.tensor(name);
    }

    /**
     * Identifies the weights: hexadecimal SHA-256 over name, element type, shape and content of all tensors.
     *
     * <p>
     * It does not depend on the order in files, on sharding, or on {@code config.json}. The first call reads all
     * weights.
     */
    public String digest() {
        String known = digest;
        if (known == null) {
            known = store.digest();
            digest = known;
        }
        return known;
    }

    /**
     * Reads all floating-point tensors and makes sure that every element is finite.
     *
     * @throws CheckpointException of kind {@link Kind#NOT_FINITE}, naming the first tensor with a NaN or infinity and
     *             the index of the element; of kind {@link Kind#DISK_FULL} or {@link Kind#UNWRITABLE} if a derived
     *             tensor cannot be stored
     */
    public void requireFinite() throws CheckpointException {
        requireFinite(store.infos().keySet());
    }

    /**
     * Makes sure that every element of some tensors is finite.
     *
     * @param tensors their names
     * @throws CheckpointException as {@link #requireFinite()} does
     * @throws IllegalArgumentException if there is no such tensor
     */
    public void requireFinite(Collection<String> tensors) throws CheckpointException {
        try {
            Finiteness.require(directory, tensors.stream().map(this::tensor).toList());
        } catch (UnusableTensorException e) {
            throw e.problem();
        }
    }

    /**
     * Makes sure that every element of one tensor is finite; on the caller's thread.
     *
     * @param tensor its name
     * @throws UnusableTensorException if one is not, or a derived tensor cannot be stored
     * @throws IllegalArgumentException if there is no such tensor
     */
    public void requireFinite(String tensor) {
        Finiteness.require(directory, tensor(tensor));
    }

    /**
     * Exercises {@link #requireFinite()} until Java has compiled it: worth it on a thread beside Java's own start.
     * Changes nothing.
     */
    public static void warmUp() {
        Finiteness.warmUp();
    }

    /** Unmaps the weights; closes a derived checkpoint's temporary files, but not its origin. */
    @Override
    public void close() {
        store.close();
    }
}
