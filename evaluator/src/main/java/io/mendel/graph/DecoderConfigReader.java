package io.mendel.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.graph.DecoderConfig.Rope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@link DecoderConfig} from {@code config.json}, as transformers 5.18.0 understands it.
 *
 * <p>
 * What transformers would run as Python code, dequantise, or ignore at the price of other results is an error here.
 */
final class DecoderConfigReader {

    // Far above every published decoder; they keep nonsense from being allocated.
    static final int MAX_SIZE = 1 << 24;
    static final int MAX_VOCABULARY = 1 << 28;
    static final int MAX_LAYERS = 10_000;
    static final int MAX_HEADS = 1 << 16;
    private static final int MAX_HEAD_DIM = 1 << 16;

    private final ConfigFields config;
    private final DecoderFamily family;

    private DecoderConfigReader(ConfigFields config, DecoderFamily family) {
        this.config = config;
        this.family = family;
    }

    static DecoderConfig read(Checkpoint checkpoint) throws CheckpointException {
        return read(checkpoint.directory().resolve("config.json"), checkpoint.config(),
                GptReader.prefix(checkpoint.tensors().keySet()));
    }

    static DecoderConfig read(Path file, JsonNode json) throws CheckpointException {
        return read(file, json, GptBlocks.PREFIX);
    }

    static DecoderConfig read(Path file, JsonNode json, String gptPrefix)
            throws CheckpointException {
        ConfigFields config = new ConfigFields(file, "", json);
        DecoderFamily family = family(config);
        return family == DecoderFamily.GPT2
                ? GptReader.read(config, gptPrefix)
                : new DecoderConfigReader(config, family).read();
    }

    private static DecoderFamily family(ConfigFields config) throws CheckpointException {
        if (config.has("auto_map")) {
            throw config.unsupported(
                    "auto_map asks for Python code shipped with the model, which is never run.",
                    "Use a checkpoint of a built-in architecture: " + DecoderFamily.supported()
                            + ".");
        }
        for (String field : List.of("quantization_config", "compression_config")) {
            if (config.has(field)) {
                throw config.unsupported(field + " says that the weights are quantised.",
                        "Use the F32, F16 or BF16 original.");
            }
        }
        String modelType = config.text("model_type");
        if (modelType == null) {
            throw config.invalid("model_type is absent.");
        }
        DecoderFamily family = DecoderFamily.of(modelType);
        if (family == null) {
            throw config.unsupported("model_type is '" + modelType + "'.",
                    "Supported are " + DecoderFamily.supported() + ".");
        }
        JsonNode architectures = config.object().path("architectures");
        if (config.has("architectures") && !architectures.isArray()) {
            throw config.invalid("architectures", "a list of class names", architectures);
        }
        for (JsonNode architecture : architectures) {
            if (!family.architecture().equals(architecture.textValue())) {
                throw config.invalid("architectures names " + architecture
                        + ", but a language model of model_type '"
                        + modelType + "' is a " + family.architecture() + ".");
            }
        }
        return family;
    }

    private DecoderConfig read() throws CheckpointException {
        String activation = config.text("hidden_act");
        if (activation != null && !activation.equals("silu") && !activation.equals("swish")) {
            throw config.unsupported("hidden_act is '" + activation + "'.",
                    "Only silu is supported.");
        }
        int hidden = config.count("hidden_size", family.hiddenSize(), MAX_SIZE);
        int layers = config.count("num_hidden_layers", family.layers(), MAX_LAYERS);
        int heads = config.count("num_attention_heads", family.heads(), MAX_HEADS);
        int headDim = headDim(hidden, heads);
        int maxPositions = config.count("max_position_embeddings", family.maxPositions(),
                Integer.MAX_VALUE);
        boolean attentionBias = switch (family) {
            case LLAMA, QWEN3, QWEN3_MOE -> config.flag("attention_bias", false);
            case MISTRAL, MIXTRAL, QWEN2, QWEN2_MOE, GPT2 -> false;
        };
        boolean queryKeyValueBias = switch (family) {
            case QWEN2 -> true;
            case QWEN2_MOE -> config.flag("qkv_bias", true);
            case LLAMA, MISTRAL, MIXTRAL, QWEN3, QWEN3_MOE, GPT2 -> attentionBias;
        };
        Rope rope = RopeReader.read(config, headDim, maxPositions, family.ropeTheta());
        return new DecoderConfig(family.architecture(),
                config.count("vocab_size", family.vocabSize(), MAX_VOCABULARY),
                hidden,
                config.count("intermediate_size", family.intermediateSize(), MAX_SIZE),
                layers, heads, keyValueHeads(heads), headDim,
                config.positive("rms_norm_eps", family.normEpsilon()),
                config.flag("tie_word_embeddings", false),
                queryKeyValueBias, attentionBias,
                family == DecoderFamily.LLAMA && config.flag("mlp_bias", false),
                family == DecoderFamily.QWEN3 || family == DecoderFamily.QWEN3_MOE,
                ExpertsReader.read(config, family, layers), rope, slidingWindows(layers),
                maxPositions, bosToken(config, family), eosTokens(config, family), null);
    }

    private int headDim(int hidden, int heads) throws CheckpointException {
        if (!config.has("head_dim") && family.headDim() == 0 && hidden % heads != 0) {
            throw config.invalid(
                    "num_attention_heads (%d) must divide hidden_size (%d), since there is no head_dim."
                            .formatted(heads, hidden));
        }
        int headDim = config.count("head_dim",
                family.headDim() == 0 ? hidden / heads : family.headDim(), MAX_HEAD_DIM);
        if (headDim % 2 != 0 || headDim > MAX_HEAD_DIM) {
            throw config.invalid("head_dim must be even and at most %d, not %d."
                    .formatted(MAX_HEAD_DIM, headDim));
        }
        return headDim;
    }

    private int keyValueHeads(int heads) throws CheckpointException {
        // transformers' rule: null means as many as heads, absent means the default of the class.
        boolean asHeads = config.isNull("num_key_value_heads") || family.keyValueHeads() == 0;
        int keyValueHeads = config.count("num_key_value_heads",
                asHeads ? heads : family.keyValueHeads(), MAX_HEADS);
        if (heads % keyValueHeads != 0) {
            throw config.invalid(
                    "num_key_value_heads (%d) must divide num_attention_heads (%d).".formatted(
                            keyValueHeads, heads));
        }
        return keyValueHeads;
    }

    private List<Integer> slidingWindows(int layers) throws CheckpointException {
        return switch (family) {
            case LLAMA, GPT2 -> Collections.nCopies(layers, 0);
            case MISTRAL -> Collections.nCopies(layers, slidingWindow());
            case MIXTRAL -> Collections.nCopies(layers,
                    config.has("sliding_window") ? slidingWindow() : 0);
            case QWEN3_MOE -> Collections.nCopies(layers, optionalWindow());
            case QWEN2, QWEN3, QWEN2_MOE -> config.has("layer_types")
                    ? windowsByType(layers, optionalWindow())
                    : windowsFromIndex(layers, optionalWindow());
        };
    }

    /** The window, or 0 for none; absent means the default, null means none. */
    private int slidingWindow() throws CheckpointException {
        return config.count("sliding_window",
                config.isNull("sliding_window") ? 0 : DecoderFamily.SLIDING_WINDOW,
                Integer.MAX_VALUE);
    }

    private int optionalWindow() throws CheckpointException {
        return config.flag("use_sliding_window", false) ? slidingWindow() : 0;
    }

    /** Without {@code layer_types}, the late layers have the window; in Qwen2-MoE every other one of the early layers. */
    private List<Integer> windowsFromIndex(int layers, int window) throws CheckpointException {
        JsonNode first = config.object().path("max_window_layers");
        int full = DecoderFamily.MAX_WINDOW_LAYERS;
        if (config.has("max_window_layers")) {
            if (!first.isIntegralNumber() || !first.canConvertToInt() || first.intValue() < 0) {
                throw config.invalid("max_window_layers", "an integer from 0", first);
            }
            full = first.intValue();
        }
        List<Integer> windows = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            boolean windowed = family == DecoderFamily.QWEN2_MOE
                    ? layer < full && layer % 2 == 0
                    : layer >= full;
            windows.add(windowed ? window : 0);
        }
        return windows;
    }

    private List<Integer> windowsByType(int layers, int window) throws CheckpointException {
        JsonNode types = config.object().path("layer_types");
        if (!types.isArray() || types.size() != layers) {
            throw config.invalid("layer_types must name the attention of each of the " + layers
                    + " layers, not of "
                    + types.size() + ".");
        }
        List<Integer> windows = new ArrayList<>();
        for (JsonNode type : types) {
            switch (type.asText()) {
                case "full_attention" -> windows.add(0);
                case "sliding_attention" -> {
                    if (window == 0) {
                        throw config.invalid(
                                "layer_types asks for sliding_attention, but use_sliding_window is false "
                                        + "or sliding_window is null.");
                    }
                    windows.add(window);
                }
                default -> throw config.unsupported("layer_types has " + type + ".",
                        "Supported are full_attention and sliding_attention.");
            }
        }
        return windows;
    }

    static @Nullable Integer bosToken(ConfigFields config, DecoderFamily family)
            throws CheckpointException {
        if (config.isNull("bos_token_id")) {
            return null;
        }
        if (!config.has("bos_token_id")) {
            return family.bosToken();
        }
        return token(config, "bos_token_id", config.object().path("bos_token_id"));
    }

    static List<Integer> eosTokens(ConfigFields config, DecoderFamily family)
            throws CheckpointException {
        JsonNode value = config.object().path("eos_token_id");
        if (value.isNull()) {
            return List.of();
        }
        if (value.isMissingNode()) {
            return family.eosTokens();
        }
        if (!value.isArray()) {
            return List.of(token(config, "eos_token_id", value));
        }
        List<Integer> tokens = new ArrayList<>();
        for (JsonNode token : value) {
            tokens.add(token(config, "eos_token_id", token));
        }
        return tokens;
    }

    private static int token(ConfigFields config, String field, JsonNode value)
            throws CheckpointException {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
            throw config.invalid(field, "a token id", value);
        }
        return value.intValue();
    }
}
