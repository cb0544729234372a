package io.mendel.graph;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The supported families and the defaults of their configuration classes in transformers 5.18.0.
 *
 * <p>
 * Common to the dense ones: 32 layers, 32 heads, hidden size 4096, RMS epsilon 1e-6, rope theta 10,000. Common to all:
 * untied embeddings.
 */
enum DecoderFamily {

    LLAMA("llama", "LlamaForCausalLM", 32_000, 11_008, 0, 0, 2048, 1, 2),

    MISTRAL("mistral", "MistralForCausalLM", 32_000, 14_336, 8, 0, 131_072, 1, 2),

    QWEN2("qwen2", "Qwen2ForCausalLM", 151_936, 22_016, 32, 0, 32_768, null, null),

    QWEN3("qwen3", "Qwen3ForCausalLM", 151_936, 22_016, 32, 128, 32_768, null, null),

    MIXTRAL("mixtral", "MixtralForCausalLM", 32_000, 14_336, 8, 0, 131_072, 1, 2),

    QWEN2_MOE("qwen2_moe", "Qwen2MoeForCausalLM", 151_936, 5632, 16, 0, 32_768, null, null),

    QWEN3_MOE("qwen3_moe", "Qwen3MoeForCausalLM", 151_936, 6144, 4, 0, 32_768, null, null),

    /** Its other defaults are in {@link GptReader}. */
    GPT2("gpt2", "GPT2LMHeadModel", 50_257, 0, 0, 0, 1024, 50_256, 50_256);

    static final int SLIDING_WINDOW = 4096;
    static final int MAX_WINDOW_LAYERS = 28;

    private final String modelType;
    private final String architecture;
    private final int vocabSize;
    private final int intermediateSize;
    private final int keyValueHeads;
    private final int headDim;
    private final int maxPositions;
    private final @Nullable Integer bosToken;
    private final @Nullable Integer eosToken;

    DecoderFamily(String modelType, String architecture, int vocabSize, int intermediateSize,
            int keyValueHeads,
            int headDim, int maxPositions, @Nullable Integer bosToken, @Nullable Integer eosToken) {
        this.modelType = modelType;
        this.architecture = architecture;
        this.vocabSize = vocabSize;
        this.intermediateSize = intermediateSize;
        this.keyValueHeads = keyValueHeads;
        this.headDim = headDim;
        this.maxPositions = maxPositions;
        this.bosToken = bosToken;
        this.eosToken = eosToken;
    }

    /** The family with this {@code model_type}, or null. */
    static @Nullable DecoderFamily of(String modelType) {
        return Arrays.stream(values())
                .filter(family -> family.modelType.equals(modelType))
                .findFirst()
                .orElse(null);
    }

    /** The supported {@code model_type}s, for messages. */
    static String supported() {
        return Arrays.stream(values())
                .map(family -> family.modelType)
                .collect(Collectors.joining(", "));
    }

    String modelType() {
        return modelType;
    }

    String architecture() {
        return architecture;
    }

    int vocabSize() {
        return vocabSize;
    }

    int hiddenSize() {
        return this == QWEN2_MOE || this == QWEN3_MOE ? 2048 : 4096;
    }

    int intermediateSize() {
        return intermediateSize;
    }

    int layers() {
        return this == QWEN2_MOE || this == QWEN3_MOE ? 24 : 32;
    }

    int heads() {
        return this == QWEN2_MOE ? 16 : 32;
    }

    double normEpsilon() {
        return this == MIXTRAL ? 1e-5 : 1e-6;
    }

    double ropeTheta() {
        return this == MIXTRAL ? 1e6 : 1e4;
    }

    /** Default of {@code num_key_value_heads}; 0 means as many as heads. */
    int keyValueHeads() {
        return keyValueHeads;
    }

    /** Default of {@code head_dim}; 0 means the hidden size divided by the heads. */
    int headDim() {
        return headDim;
    }

    int maxPositions() {
        return maxPositions;
    }

    @Nullable
    Integer bosToken() {
        return bosToken;
    }

    List<Integer> eosTokens() {
        return eosToken == null ? List.of() : List.of(eosToken);
    }
}
