package io.mendel.graph;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.graph.MixtureOfExperts.Naming;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads which layers have experts, and how many, as transformers 5.18.0 understands {@code config.json}.
 *
 * <p>
 * The number of experts is {@code num_experts} or {@code num_local_experts}; transformers 5 writes the latter where 4
 * wrote the former. Layer i (from 0) of the Qwen families is sparse if {@code decoder_sparse_step} divides i + 1 and
 * {@code mlp_only_layers} does not name i; all layers of Mixtral are.
 */
final class ExpertsReader {

    // The largest published mixture has 2048 experts per layer; this keeps nonsense from being listed.
    private static final int MAX_EXPERTS = 1 << 12;

    private final ConfigFields config;

    private ExpertsReader(ConfigFields config) {
        this.config = config;
    }

    /** The experts of a family, or null if its layers are dense. */
    static @Nullable MixtureOfExperts read(ConfigFields config, DecoderFamily family, int layers)
            throws CheckpointException {
        ExpertsReader reader = new ExpertsReader(config);
        return switch (family) {
            case LLAMA, MISTRAL, QWEN2, QWEN3, GPT2 -> null;
            case MIXTRAL -> reader.experts(Naming.MIXTRAL, 8, 2,
                    reader.size("intermediate_size", family.intermediateSize()), true, 0,
                    allLayers(layers));
            case QWEN2_MOE -> reader.experts(Naming.QWEN, 60, 4,
                    reader.size("moe_intermediate_size", 1408), reader.normalised(),
                    reader.size("shared_expert_intermediate_size", 5632),
                    reader.sparseLayers(layers));
            case QWEN3_MOE -> reader.experts(Naming.QWEN, 128, 8,
                    reader.size("moe_intermediate_size", 768), reader.normalised(), 0,
                    reader.sparseLayers(layers));
        };
    }

    private MixtureOfExperts experts(Naming naming, int defaultCount, int defaultPerToken,
            int intermediateSize, boolean normalised, int sharedIntermediateSize,
            List<Boolean> sparse) throws CheckpointException {
        int count = count(defaultCount);
        int perToken = config.count("num_experts_per_tok", defaultPerToken, MAX_EXPERTS);
        if (perToken > count) {
            throw config
                    .invalid("num_experts_per_tok (%d) must not exceed the number of experts (%d)."
                            .formatted(perToken, count));
        }
        return new MixtureOfExperts(naming, count, perToken, intermediateSize, normalised,
                sharedIntermediateSize, sparse);
    }

    private int count(int defaultCount) throws CheckpointException {
        int local = config.count("num_local_experts", defaultCount, MAX_EXPERTS);
        int count = config.count("num_experts", local, MAX_EXPERTS);
        if (count != local && config.has("num_local_experts")) {
            throw config.invalid("num_experts (%d) contradicts num_local_experts (%d)."
                    .formatted(count, local));
        }
        return count;
    }

    private int size(String field, int defaultSize) throws CheckpointException {
        return config.count(field, defaultSize, DecoderConfigReader.MAX_SIZE);
    }

    private boolean normalised() throws CheckpointException {
        return config.flag("norm_topk_prob", false);
    }

    private static List<Boolean> allLayers(int layers) {
        return Collections.nCopies(layers, true);
    }

    private List<Boolean> sparseLayers(int layers) throws CheckpointException {
        int step = config.count("decoder_sparse_step", 1, Integer.MAX_VALUE);
        Set<Integer> dense = denseLayers();
        List<Boolean> sparse = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            sparse.add((layer + 1) % step == 0 && !dense.contains(layer));
        }
        return sparse;
    }

    private Set<Integer> denseLayers() throws CheckpointException {
        String field = "mlp_only_layers";
        JsonNode value = config.object().path(field);
        if (config.has(field) && !value.isArray()) {
            throw config.invalid(field, "a list of layers", value);
        }
        Set<Integer> layers = new HashSet<>();
        for (JsonNode layer : value) {
            if (!layer.isIntegralNumber() || !layer.canConvertToInt() || layer.intValue() < 0) {
                throw config.invalid(field, "a list of layers, counted from 0", value);
            }
            layers.add(layer.intValue());
        }
        return layers;
    }
}
