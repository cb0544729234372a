package io.mendel.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A LoRA adapter in PEFT's format: {@code adapter_config.json} and {@code adapter_model.safetensors}.
 *
 * <p>
 * Ranks and alphas by pattern, rank-stabilised scaling, [in, out] weights, embeddings and modules trained as a whole
 * are supported; DoRA and the other relatives are refused. The adapter must fit its base completely: a factor without
 * its partner, a wrong shape or a tensor nobody asked for is an error.
 *
 * <p>
 * All methods are thread-safe. The caller closes the adapter; the base is only looked at while opening.
 *
 * @since 0.1
 */
public final class Adapter implements AutoCloseable {

    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PICKLE = "adapter_model.bin";
    private static final String PREFIX = "base_model.model.";
    private static final String REMEDY = "Use the base that the adapter was trained on, or export the adapter again.";

    private final Path directory;
    private final SafetensorsFile file;
    private final SortedMap<String, WeightDelta> deltas;

    private Adapter(Path directory, SafetensorsFile file, SortedMap<String, WeightDelta> deltas) {
        this.directory = directory;
        this.file = file;
        this.deltas = Collections.unmodifiableSortedMap(deltas);
    }

    /**
     * Opens an adapter and checks that it fits.
     *
     * @param directory the adapter's folder
     * @param base the checkpoint that it changes
     * @throws CheckpointException if a file is missing or malformed, the kind of adapter is not supported, a value is
     *             not finite, or a factor does not fit the base
     */
    public static Adapter open(Path directory, Checkpoint base) throws CheckpointException {
        ModelFolder folder = ModelFolder.of(directory);
        AdapterConfig config = AdapterConfig.read(folder);
        if (!folder.has(WEIGHTS) && folder.has(PICKLE)) {
            throw new CheckpointException(Kind.PICKLE_ONLY, directory.resolve(PICKLE),
                    "The adapter must be safetensors, but is a pickle, which can run code when loaded.",
                    "Load it with PEFT where that is safe, then save_pretrained(…) writes safetensors.");
        }
        SafetensorsFile file = SafetensorsFile.open(folder.file(WEIGHTS));
        boolean opened = false;
        try {
            Finiteness.require(file.path(), file.tensors().values());
            var adapter = new Adapter(directory, file, deltas(config, file, base));
            opened = true;
            return adapter;
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    private static SortedMap<String, WeightDelta> deltas(AdapterConfig config, SafetensorsFile file,
            Checkpoint base)
            throws CheckpointException {
        SortedMap<String, WeightDelta> deltas = new TreeMap<>();
        for (Tensor tensor : file.tensors().values()) {
            String name = tensor.info().name();
            if (!name.startsWith(PREFIX)) {
                throw problem(file, name, "must begin with " + PREFIX);
            }
            if (!tensor.info().dtype().isFloat()) {
                throw problem(file, name,
                        "must hold floating-point numbers, not " + tensor.info().dtype());
            }
            String inBase = name.substring(PREFIX.length());
            int factor = inBase.indexOf(".lora_");
            if (factor < 0) {
                deltas.put(inBase, replacement(config, file, tensor, inBase, base));
            } else {
                String module = inBase.substring(0, factor);
                deltas.put(module + ".weight",
                        lowRank(config, file, module, inBase.substring(factor), base));
            }
        }
        if (deltas.isEmpty()) {
            throw new CheckpointException(Kind.ADAPTER, file.path(), "The adapter has no tensors.",
                    REMEDY);
        }
        verifyTargets(config, deltas, base);
        return deltas;
    }

    private static WeightDelta lowRank(AdapterConfig config, SafetensorsFile file, String module,
            String suffix,
            Checkpoint base) throws CheckpointException {
        boolean embedding = switch (suffix) {
            case ".lora_A.weight", ".lora_B.weight" -> false;
            case ".lora_embedding_A", ".lora_embedding_B" -> true;
            default ->
                throw problem(file, PREFIX + module + suffix, "is not a factor of a plain LoRA");
        };
        Tensor a = factor(file, module, embedding ? ".lora_embedding_A" : ".lora_A.weight");
        Tensor b = factor(file, module, embedding ? ".lora_embedding_B" : ".lora_B.weight");
        int rank = config.rank(module);
        // An embedding [vocabulary, hidden] is to its factors what an [in, out] weight is.
        boolean transposed = embedding || config.fanInFanOut();
        TensorInfo weight = weight(file, module + ".weight", base);
        List<Long> shape = transposed ? weight.shape().reversed() : weight.shape();
        if (shape.size() != 2) {
            throw problem(file, PREFIX + module, "changes a tensor of shape " + weight.shape()
                    + ", but only matrices are supported");
        }
        verifyShape(file, a, List.of((long) rank, shape.get(1)), weight);
        verifyShape(file, b, List.of(shape.get(0), (long) rank), weight);
        return new WeightDelta.LowRank(FloatElements.of(a), FloatElements.of(b), rank,
                config.scale(module),
                transposed);
    }

    private static Tensor factor(SafetensorsFile file, String module, String suffix)
            throws CheckpointException {
        Tensor tensor = file.tensors().get(PREFIX + module + suffix);
        if (tensor == null) {
            throw problem(file, PREFIX + module + suffix,
                    "is missing, although its partner is there");
        }
        if (tensor.info().elements() > Integer.MAX_VALUE - 8) {
            throw problem(file, tensor.info().name(), "has more than 2^31 elements");
        }
        return tensor;
    }

    private static void verifyShape(SafetensorsFile file, Tensor factor, List<Long> shape,
            TensorInfo weight)
            throws CheckpointException {
        if (!factor.info().shape().equals(shape)) {
            throw problem(file, factor.info().name(),
                    "must have the shape %s (rank of %s, and the base's %s of shape %s), not %s"
                            .formatted(shape, AdapterConfig.FILE, weight.name(), weight.shape(),
                                    factor.info().shape()));
        }
    }

    private static WeightDelta replacement(AdapterConfig config, SafetensorsFile file,
            Tensor tensor, String name,
            Checkpoint base) throws CheckpointException {
        String module = module(name);
        boolean asked = false;
        for (JsonNode saved : config.json().path("modules_to_save")) {
            asked |= endsWith(module, saved.asText());
        }
        if (!asked) {
            throw problem(file, tensor.info().name(),
                    "is neither a factor of a plain LoRA nor in modules_to_save");
        }
        TensorInfo weight = weight(file, name, base);
        if (!tensor.info().shape().equals(weight.shape())) {
            throw problem(file, tensor.info().name(),
                    "must have the shape " + weight.shape() + " of the base, not "
                            + tensor.info().shape());
        }
        return new WeightDelta.Replacement(tensor);
    }

    private static TensorInfo weight(SafetensorsFile file, String name, Checkpoint base)
            throws CheckpointException {
        TensorInfo weight = base.tensors().get(name);
        if (weight == null) {
            throw problem(file, PREFIX + name,
                    "changes '" + name + "', which the base " + base.directory()
                            + " does not have");
        }
        if (!weight.dtype().isFloat()) {
            throw problem(file, PREFIX + name,
                    "changes '" + name + "', which holds " + weight.dtype());
        }
        return weight;
    }

    /** Modules that the configuration lists and the base has, but the file lacks altogether, were lost on the way. */
    private static void verifyTargets(AdapterConfig config, SortedMap<String, WeightDelta> deltas,
            Checkpoint base)
            throws CheckpointException {
        for (String list : List.of("target_modules", "modules_to_save")) {
            // A string instead of a list is a pattern, or 'all-linear', and has no elements.
            for (JsonNode element : config.json().path(list)) {
                String module = element.asText();
                if (base.tensors()
                        .keySet()
                        .stream()
                        .anyMatch(name -> endsWith(module(name), module))
                        && deltas.keySet()
                                .stream()
                                .noneMatch(name -> endsWith(module(name), module))) {
                    throw config.invalid(
                            list + " has '" + module + "', but " + WEIGHTS + " changes none.");
                }
            }
        }
    }

    private static String module(String tensor) {
        return tensor.substring(0, Math.max(tensor.lastIndexOf('.'), 0));
    }

    private static boolean endsWith(String module, String name) {
        return module.equals(name) || module.endsWith("." + name);
    }

    private static CheckpointException problem(SafetensorsFile file, String tensor,
            String problem) {
        return new CheckpointException(Kind.ADAPTER, file.path(),
                "The tensor '" + tensor + "' " + problem + ".",
                REMEDY);
    }

    /** The adapter's folder, as it was given. */
    public Path directory() {
        return directory;
    }

    /** What happens to which tensor of the base, by name; the other tensors stay as they are. */
    public SortedMap<String, WeightDelta> deltas() {
        return deltas;
    }

    /**
     * Changes a tensor of the base in place, if the adapter changes it at all.
     *
     * @param tensor name of the tensor in the base
     * @param fp32 the base's tensor as fp32, C order, native byte order
     */
    public void apply(String tensor, MemorySegment fp32) {
        WeightDelta delta = deltas.get(tensor);
        if (delta != null) {
            delta.apply(fp32);
        }
    }

    /** Unmaps the adapter's weights; deltas must not be applied after that. */
    @Override
    public void close() {
        file.close();
    }
}
