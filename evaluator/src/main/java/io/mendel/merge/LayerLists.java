package io.mendel.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.space.LayerRange;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Says anew in {@code config.json} what is said of each layer, if layers are not where they were.
 *
 * <p>
 * A list that is as long as the model is deep has an entry for each layer: each output layer takes that of the layer it
 * comes from, of the model it comes from. Where a family decides by a layer's number, the decision is written down as a
 * list, which moved layers need.
 */
final class LayerLists {

    /** Lists of something else, whatever their length. */
    private static final Set<String> OTHERS = Set.of("architectures", "mlp_only_layers",
            "moe_layers", "tags");
    private static final String TYPES = "layer_types";
    private static final String NO_ROPE = "no_rope_layers";

    private final List<Origin> origins;
    private final JsonNode donor;

    /**
     * Where an output layer comes from.
     *
     * @param config the model's configuration
     * @param layer its layer
     */
    private record Origin(JsonNode config, int layer) {}

    private LayerLists(List<Origin> origins, JsonNode donor) {
        this.origins = origins;
        this.donor = donor;
    }

    static LayerLists of(MergePlan plan, JsonNode donor, Function<String, JsonNode> configs) {
        var origins = new ArrayList<Origin>();
        for (Slice slice : plan.recipe().slices()) {
            Source source = slice.sources()
                    .stream()
                    .filter(one -> one.model().equals(plan.donor()))
                    .findFirst()
                    .orElse(slice.sources().getFirst());
            LayerRange range = source.layers();
            int size = range == null ? plan.layers().size() : range.size();
            for (int i = 0; i < size && origins.size() < plan.layers().size(); i++) {
                origins.add(new Origin(configs.apply(source.model()),
                        plan.layers().get(origins.size())));
            }
        }
        return new LayerLists(origins, donor);
    }

    /**
     * Adjusts a copy of the donor's configuration.
     *
     * @param depth the donor's number of layers
     */
    void put(ObjectNode config, int depth) {
        if (origins.isEmpty()) {
            return;
        }
        for (var field : donor.properties()) {
            String name = field.getKey();
            boolean tokens = name.endsWith("token_id") || name.endsWith("token_ids")
                    || name.endsWith("tokens");
            if (field.getValue() instanceof ArrayNode list && list.size() == depth && !tokens
                    && !OTHERS.contains(name)) {
                config.set(name, chosen(name, list));
            }
        }
        if (isMoved(depth)) {
            putDense(config);
            if (!donor.path(TYPES).isArray() && hasTypes(donor)) {
                ArrayNode types = config.putArray(TYPES);
                origins.forEach(it -> types.add(isSliding(it.config(), it.layer())
                        ? "sliding_attention"
                        : "full_attention"));
            }
            if (!donor.path(NO_ROPE).isArray() && family(donor).equals("smollm3")) {
                int interval = donor.path("no_rope_layer_interval").asInt(4);
                ArrayNode rotated = config.putArray(NO_ROPE);
                origins.forEach(it -> rotated.add((it.layer() + 1) % interval == 0 ? 0 : 1));
            }
        }
    }

    private boolean isMoved(int depth) {
        if (origins.size() != depth) {
            return true;
        }
        for (int i = 0; i < depth; i++) {
            Origin origin = origins.get(i);
            if (origin.layer() != i || !origin.config().equals(donor)) {
                return true;
            }
        }
        return false;
    }

    private ArrayNode chosen(String name, ArrayNode donors) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (Origin origin : origins) {
            JsonNode own = origin.config().path(name);
            JsonNode from = own.isArray() && origin.layer() < own.size() ? own : donors;
            list.add(from.get(Math.min(origin.layer(), from.size() - 1)));
        }
        return list;
    }

    /** Which layers of a mixture of experts are dense. */
    private void putDense(ObjectNode config) {
        if (origins.stream().noneMatch(it -> hasDense(it.config()))) {
            return;
        }
        config.put("decoder_sparse_step", 1);
        ArrayNode dense = config.putArray("mlp_only_layers");
        for (int i = 0; i < origins.size(); i++) {
            Origin origin = origins.get(i);
            Set<Integer> named = new HashSet<>();
            origin.config().path("mlp_only_layers").forEach(layer -> named.add(layer.asInt()));
            int step = Math.max(1, origin.config().path("decoder_sparse_step").asInt(1));
            if (named.contains(origin.layer()) || (origin.layer() + 1) % step != 0) {
                dense.add(i);
            }
        }
    }

    private static boolean hasDense(JsonNode config) {
        return config.path("decoder_sparse_step").asInt(1) > 1
                || !config.path("mlp_only_layers").isEmpty();
    }

    private static String family(JsonNode config) {
        return config.path("model_type").asText("");
    }

    /** Whether the kind of attention depends on the layer's number. */
    private static boolean hasTypes(JsonNode config) {
        return switch (family(config)) {
            case "gemma2", "gemma3_text", "cohere2" -> true;
            case "qwen2", "qwen3", "qwen2_moe" ->
                config.path("use_sliding_window").asBoolean(false)
                        && !config.path("sliding_window").isNull();
            default -> false;
        };
    }

    /** The rules of transformers for configurations without {@code layer_types}. */
    private static boolean isSliding(JsonNode config, int layer) {
        return switch (family(config)) {
            case "gemma2" -> (layer + 1) % 2 != 0;
            case "gemma3_text" ->
                (layer + 1) % config.path("sliding_window_pattern").asInt(6) != 0;
            case "cohere2" -> (layer + 1) % config.path("sliding_window_pattern").asInt(4) != 0;
            case "qwen2_moe" ->
                layer < config.path("max_window_layers").asInt(28) && layer % 2 == 0;
            default -> layer >= config.path("max_window_layers").asInt(28);
        };
    }
}
