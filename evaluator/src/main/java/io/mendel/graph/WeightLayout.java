package io.mendel.graph;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The tensors that a {@link DecoderConfig} demands of a checkpoint, by block.
 *
 * <p>
 * Names are those of {@code transformers}; projections are stored as [out, in], those of GPT-2 as [in, out].
 *
 * @since 0.1
 */
public final class WeightLayout {

    static final String EMBEDDING = "model.embed_tokens.weight";
    static final String FINAL_NORM = "model.norm.weight";
    static final String HEAD = "lm_head.weight";

    private WeightLayout() {}

    /**
     * Name and shape of a tensor that must exist.
     *
     * @param name the name in the checkpoint
     * @param shape the exact shape
     * @since 0.1
     */
    public record Weight(String name, List<Long> shape) {

        public Weight {
            shape = List.copyOf(shape);
        }
    }

    /** All tensors in the order of the path: embedding, layers, head. */
    public static List<Weight> of(DecoderConfig config) {
        List<Weight> weights = new ArrayList<>(embedding(config));
        for (int layer = 0; layer < config.layers(); layer++) {
            weights.addAll(layer(config, layer));
        }
        for (Weight weight : head(config)) {
            if (!weights.contains(weight)) {
                weights.add(weight);
            }
        }
        return List.copyOf(weights);
    }

    /** The embedding matrix, [vocabulary, hidden]; behind it that of the positions, if they are learned. */
    public static List<Weight> embedding(DecoderConfig config) {
        if (config.gpt() != null) {
            return GptLayout.embedding(config, config.gpt());
        }
        return List.of(new Weight(EMBEDDING,
                List.of((long) config.vocabSize(), (long) config.hiddenSize())));
    }

    /**
     * The tensors of one decoder layer.
     *
     * @param config the model's shape
     * @param layer index from 0, less than {@link DecoderConfig#layers()}; shapes are the same for all dense layers, and
     *            for all sparse ones
     */
    public static List<Weight> layer(DecoderConfig config, int layer) {
        if (config.gpt() != null) {
            return GptLayout.layer(config, layerPrefix(config, layer));
        }
        int hidden = config.hiddenSize();
        boolean bias = config.queryKeyValueBias();
        long queries = (long) config.heads() * config.headDim();
        long keys = (long) config.keyValueHeads() * config.headDim();
        String prefix = layerPrefix(config, layer);
        List<Weight> weights = new ArrayList<>();
        weights.add(new Weight(prefix + "input_layernorm.weight", List.of((long) hidden)));
        new Linear("self_attn.q_proj", queries, hidden, bias).addTo(weights, prefix);
        new Linear("self_attn.k_proj", keys, hidden, bias).addTo(weights, prefix);
        new Linear("self_attn.v_proj", keys, hidden, bias).addTo(weights, prefix);
        if (config.queryKeyNorm()) {
            weights.add(new Weight(prefix + "self_attn.q_norm.weight",
                    List.of((long) config.headDim())));
            weights.add(new Weight(prefix + "self_attn.k_norm.weight",
                    List.of((long) config.headDim())));
        }
        new Linear("self_attn.o_proj", hidden, queries, config.outputBias()).addTo(weights, prefix);
        weights.add(new Weight(prefix + "post_attention_layernorm.weight", List.of((long) hidden)));
        MixtureOfExperts experts = config.experts(layer);
        if (experts == null) {
            GatedMlp.dense(config).addTo(weights, prefix);
        } else {
            addExperts(weights, prefix, experts, hidden);
        }
        return List.copyOf(weights);
    }

    /**
     * What the names of a layer's tensors begin with; the graphs call them without it.
     *
     * @param layer index from 0
     */
    public static String layerPrefix(DecoderConfig config, int layer) {
        return (config.gpt() != null ? config.gpt().prefix() + "h." : "model.layers.") + layer
                + ".";
    }

    /**
     * The final norm and, last, the output matrix, [vocabulary, hidden]; with tied embeddings that is the embedding.
     */
    public static List<Weight> head(DecoderConfig config) {
        if (config.gpt() != null) {
            return GptLayout.head(config, config.gpt());
        }
        return List.of(new Weight(FINAL_NORM, List.of((long) config.hiddenSize())),
                new Weight(config.tiedEmbeddings() ? EMBEDDING : HEAD,
                        List.of((long) config.vocabSize(), (long) config.hiddenSize())));
    }

    private static void addExperts(List<Weight> weights, String prefix, MixtureOfExperts experts,
            int hidden) {
        experts.router(hidden).addTo(weights, prefix);
        for (int expert = 0; expert < experts.count(); expert++) {
            experts.expert(expert, hidden).addTo(weights, prefix);
        }
        GatedMlp shared = experts.sharedExpert(hidden);
        if (shared != null) {
            shared.addTo(weights, prefix);
            experts.sharedExpertGate(hidden).addTo(weights, prefix);
        }
    }

    /**
     * Makes sure that a checkpoint has every tensor with exactly the shape demanded, as floating-point numbers.
     *
     * <p>
     * Tensors that are not demanded are allowed; old checkpoints carry {@code rotary_emb.inv_freq}, for example.
     *
     * @throws CheckpointException of kind {@link Kind#WEIGHTS}, {@link Kind#SHAPE} or {@link Kind#DTYPE}, naming the
     *             first tensor that does not fit
     */
    public static void verify(Checkpoint checkpoint, DecoderConfig config)
            throws CheckpointException {
        verify(checkpoint.directory(), checkpoint.tensors(), config);
    }

    /**
     * Makes sure that the tensors of a model that is not on disk are as demanded.
     *
     * @param directory named in errors
     * @param tensors the tensors by name
     * @throws CheckpointException as {@link #verify(Checkpoint, DecoderConfig)}
     */
    public static void verify(Path directory, Map<String, TensorInfo> tensors,
            DecoderConfig config) throws CheckpointException {
        // Layer by layer: a config that claims two billion layers fails at the first one that is absent.
        verify(directory, tensors, embedding(config));
        for (int layer = 0; layer < config.layers(); layer++) {
            verify(directory, tensors, layer(config, layer));
        }
        verify(directory, tensors, head(config));
    }

    private static void verify(Path directory, Map<String, TensorInfo> tensors,
            List<Weight> weights) throws CheckpointException {
        for (Weight weight : weights) {
            TensorInfo info = tensors.get(weight.name());
            if (info == null) {
                throw new CheckpointException(Kind.WEIGHTS, directory,
                        "The tensor '%s' of shape %s is missing.".formatted(weight.name(),
                                weight.shape()),
                        remedy(weight,
                                "The weights are incomplete, or config.json belongs to another model."));
            }
            if (!info.shape().equals(weight.shape())) {
                throw new CheckpointException(Kind.SHAPE, directory,
                        "The tensor '%s' must have the shape %s that config.json demands, not %s."
                                .formatted(
                                        weight.name(), weight.shape(), info.shape()),
                        remedy(weight, info.shape().equals(weight.shape().reversed())
                                ? "It is stored transposed, as [in, out]: export it again."
                                : "The weights are damaged, or config.json belongs to another model."));
            }
            if (!info.dtype().isFloat()) {
                throw new CheckpointException(Kind.DTYPE, directory,
                        "The tensor '%s' must hold floating-point numbers, not %s.".formatted(
                                weight.name(),
                                info.dtype()),
                        "Quantised checkpoints cannot be merged: use the F32, F16 or BF16 original.");
            }
        }
    }

    private static String remedy(Weight weight, String general) {
        return switch (weight.name()) {
            case EMBEDDING -> general
                    + " Rows are vocab_size, columns hidden_size; left out, they have the default of the model's class.";
            case HEAD -> general + " It may be absent only if tie_word_embeddings is true.";
            default -> weight.name().contains(".experts.")
                    ? general
                            + " Each expert's projections are tensors of their own, as save_pretrained writes them."
                    : general;
        };
    }
}
