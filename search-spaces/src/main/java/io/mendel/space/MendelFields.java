package io.mendel.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and writes the key {@code mendel}, which holds what mergekit cannot say and which mergekit ignores. */
final class MendelFields {

    private static final String KEY = "mendel";

    private final @Nullable YamlFields fields;

    /** The key in a recipe, present or not. */
    MendelFields(YamlFields top) throws DocumentException {
        fields = top.mapping(KEY);
        if (fields != null) {
            fields.allow(List.of("seed", "scales"));
        }
    }

    static void put(ObjectNode top, Recipe recipe) {
        if (recipe.seed() == 0 && recipe.scales().isEmpty()) {
            return;
        }
        ObjectNode node = top.putObject(KEY);
        if (!recipe.scales().isEmpty()) {
            ArrayNode scales = node.putArray("scales");
            recipe.scales().forEach(scales::add);
        }
        if (recipe.seed() != 0) {
            node.put("seed", recipe.seed());
        }
    }

    long seed() throws DocumentException {
        JsonNode seed = fields == null ? null : fields.get("seed");
        if (fields == null || seed == null) {
            return 0;
        }
        if (!seed.isIntegralNumber() || !seed.canConvertToLong()) {
            throw fields.wrong("seed", "a whole number", seed);
        }
        return seed.asLong();
    }

    List<Double> scales() throws DocumentException {
        JsonNode values = fields == null ? null : fields.get("scales");
        if (fields == null || values == null) {
            return List.of();
        }
        if (!values.isArray()) {
            throw fields.wrong("scales", "a list of numbers, one for each output layer", values);
        }
        var scales = new ArrayList<Double>();
        for (JsonNode value : values) {
            if (!value.isNumber() || !Double.isFinite(value.asDouble()) || value.asDouble() <= 0) {
                throw fields.wrong("scales[" + scales.size() + "]", "a finite number above 0",
                        value);
            }
            scales.add(value.asDouble());
        }
        return scales;
    }
}
