package io.mendel.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides the graphs of a decoder in the style of Llama or GPT-2, read from {@code config.json}.
 *
 * @param architecture the class name, such as {@code LlamaForCausalLM}
 * @param vocabSize rows of the embedding
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the gated MLP of dense layers
 * @param layers number of decoder layers
 * @param heads query heads
 * @param keyValueHeads key and value heads; divides {@code heads}
 * @param headDim width of one head
 * @param normEpsilon epsilon of the RMS norms
 * @param tiedEmbeddings whether the head reuses the embedding
 * @param queryKeyValueBias whether the q, k and v projections have a bias
 * @param outputBias whether the attention's output projection has a bias
 * @param mlpBias whether the MLP projections of dense layers have biases
 * @param queryKeyNorm whether q and k are RMS-normalised per head before the rotation (Qwen3)
 * @param experts the sparse layers, or null if all layers are dense
 * @param rope the rotary embedding; without frequencies where positions are learned
 * @param slidingWindows for each layer, the number of keys a query sees (itself included), or 0 for all
 * @param maxPositions longest supported sequence
 * @param bosToken beginning-of-sequence id, if the config names one
 * @param eosTokens end-of-sequence ids, maybe none
 * @param gpt what differs in the blocks of GPT-2; null for those of Llama
 * @since 0.1
 */
public record DecoderConfig(String architecture, int vocabSize, int hiddenSize,
        int intermediateSize, int layers,
        int heads, int keyValueHeads, int headDim, double normEpsilon, boolean tiedEmbeddings,
        boolean queryKeyValueBias, boolean outputBias, boolean mlpBias, boolean queryKeyNorm,
        @Nullable MixtureOfExperts experts, Rope rope,
        List<Integer> slidingWindows, int maxPositions, @Nullable Integer bosToken,
        List<Integer> eosTokens, @Nullable GptBlocks gpt) {

    public DecoderConfig {
        if (experts != null && experts.sparse().size() != layers) {
            throw new IllegalArgumentException("Each of %d layers must be sparse or dense, not %d."
                    .formatted(layers, experts.sparse().size()));
        }
        slidingWindows = List.copyOf(slidingWindows);
        eosTokens = List.copyOf(eosTokens);
    }

    /**
     * Reads and checks the {@code config.json} of a checkpoint.
     *
     * <p>
     * Both styles are understood, that of transformers 4 ({@code rope_theta}, {@code rope_scaling}) and that of 5
     * ({@code rope_parameters}). A field that is absent or null has the default of its class in transformers 5.18.
     *
     * @throws CheckpointException naming the field, if the architecture or an option is not supported, or a value is
     *             not possible
     */
    public static DecoderConfig of(Checkpoint checkpoint) throws CheckpointException {
        return DecoderConfigReader.read(checkpoint);
    }

    /**
     * Reads and checks a configuration of a model that is not on disk.
     *
     * @param file named in errors
     * @param config the content of its {@code config.json}
     * @param tensors the names of its tensors
     * @throws CheckpointException as {@link #of(Checkpoint)}
     */
    public static DecoderConfig of(Path file, JsonNode config, Collection<String> tensors)
            throws CheckpointException {
        return DecoderConfigReader.read(file, config, GptReader.prefix(tensors));
    }

    /** Names of the tensors of the embedding block. */
    public List<String> embeddingWeights() {
        return names(WeightLayout.embedding(this));
    }

    /**
     * Names of the tensors of a decoder layer.
     *
     * @param layer index from 0, less than {@link #layers()}
     */
    public List<String> layerWeights(int layer) {
        Objects.checkIndex(layer, layers);
        return names(WeightLayout.layer(this, layer));
    }

    /** Names of the tensors of the head block: the final norm, then the output matrix (the embedding if tied). */
    public List<String> headWeights() {
        return names(WeightLayout.head(this));
    }

    /** The experts of a layer, or null if it is dense. */
    @Nullable
    MixtureOfExperts experts(int layer) {
        return sparse(layer) ? experts : null;
    }

    /**
     * Whether a layer has experts instead of one gated MLP.
     *
     * @param layer index from 0, less than {@link #layers()}
     */
    public boolean sparse(int layer) {
        return experts != null && experts.sparse().get(layer);
    }

    /**
     * This shape with other layers.
     *
     * @param chosen indices of its own layers, in the order of the new ones; one may occur several times
     */
    public DecoderConfig withLayers(List<Integer> chosen) {
        MixtureOfExperts mixed = experts == null
                ? null
                : experts.withSparse(chosen.stream().map(experts.sparse()::get).toList());
        return new DecoderConfig(architecture, vocabSize, hiddenSize, intermediateSize,
                chosen.size(), heads, keyValueHeads, headDim, normEpsilon, tiedEmbeddings,
                queryKeyValueBias, outputBias, mlpBias, queryKeyNorm, mixed, rope,
                chosen.stream().map(slidingWindows::get).toList(), maxPositions, bosToken,
                eosTokens, gpt);
    }

    /** Whether the embedding adds a learned vector for each position, so that it needs {@link GraphValues#POSITIONS}. */
    public boolean learnedPositions() {
        return gpt != null;
    }

    private static List<String> names(List<WeightLayout.Weight> weights) {
        return weights.stream().map(WeightLayout.Weight::name).toList();
    }

    /**
     * Rotary position embedding, reduced to what the graph needs.
     *
     * @param inverseFrequencies angle per position of each of the {@code headDim / 2} pairs, after all scaling rules
     * @param attentionFactor factor on cosine and sine (1 except for YaRN)
     */
    public record Rope(List<Double> inverseFrequencies, double attentionFactor) {
        public Rope {
            inverseFrequencies = List.copyOf(inverseFrequencies);
        }
    }
}
