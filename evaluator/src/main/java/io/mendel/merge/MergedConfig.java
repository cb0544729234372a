package io.mendel.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Function;

/** Adjusts the donor's {@code config.json} to what was merged. */
final class MergedConfig {

    private static final List<String> LAYER_COUNTS = List.of("num_hidden_layers", "n_layer",
            "num_layers", "n_layers");
    private static final List<String> ENCODER_COUNTS = List.of("encoder_layers", "num_layers",
            "num_hidden_layers");
    private static final List<String> DECODER_COUNTS = List.of("decoder_layers",
            "num_decoder_layers");
    private static final List<String> DTYPES = List.of("dtype", "torch_dtype");

    private MergedConfig() {}

    /** The configuration where all models have that of the donor. */
    static JsonNode of(MergePlan plan, JsonNode donor) {
        return of(plan, model -> donor);
    }

    /**
     * The configuration of the output.
     *
     * @param configs the configuration of each model, by its name
     */
    static JsonNode of(MergePlan plan, Function<String, JsonNode> configs) {
        JsonNode donor = configs.apply(plan.donor());
        ObjectNode config = donor.deepCopy();
        int before = LAYER_COUNTS.stream()
                .filter(config::has)
                .findFirst()
                .map(key -> config.get(key).asInt())
                .orElse(plan.layers().size());
        plan.changedDepths().forEach((module, depth) -> putDepth(config, module, depth));
        LayerLists.of(plan, donor, configs).put(config, before);
        // Where neither applies, the donor ties in a way that tensors' names do not tell, or has no head at all.
        boolean headWritten = plan.tensors().containsKey(ParentLayout.HEAD);
        if ((plan.tiedEmbeddings() || headWritten)
                && plan.tiedEmbeddings() != config.path("tie_word_embeddings").asBoolean(false)) {
            config.put("tie_word_embeddings", plan.tiedEmbeddings());
        }
        if (plan.dtype() != null) {
            String word = switch (plan.dtype()) {
                case BF16 -> "bfloat16";
                case F16 -> "float16";
                default -> "float32";
            };
            if (DTYPES.stream().noneMatch(config::has)) {
                config.put("torch_dtype", word);
            }
            DTYPES.stream().filter(config::has).forEach(key -> config.put(key, word));
        }
        return config;
    }

    private static void putDepth(ObjectNode config, String module, int depth) {
        switch (module) {
            case "" -> putCounts(config, LAYER_COUNTS, depth);
            case "encoder" -> putCounts(config, ENCODER_COUNTS, depth);
            case "decoder" -> putCounts(config, DECODER_COUNTS, depth);
            default -> {
                for (String part : List.of("text_config", "vision_config")) {
                    boolean vision = module.startsWith("vi");
                    if (vision == part.startsWith("vi")
                            && config.get(part) instanceof ObjectNode inner) {
                        putCounts(inner, LAYER_COUNTS, depth);
                    }
                }
            }
        }
    }

    private static void putCounts(ObjectNode config, List<String> keys, int depth) {
        int before = keys.stream()
                .filter(config::has)
                .findFirst()
                .map(key -> config.get(key).asInt())
                .orElse(depth);
        keys.stream().filter(config::has).forEach(key -> config.put(key, depth));
        if (config.path("max_window_layers").asInt(-1) == before) {
            config.put("max_window_layers", depth);
        }
    }
}
