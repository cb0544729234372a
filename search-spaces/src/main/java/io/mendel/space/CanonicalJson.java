package io.mendel.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one spelling of a recipe that its digest is taken of: mergekit's dialect as JSON, keys sorted, always slices, never models, absent
 * values left out. {@link MergekitReader} reads it back.
 */
final class CanonicalJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private CanonicalJson() {}

    static String of(Recipe recipe) {
        ObjectNode node = JSON.objectNode();
        if (recipe.base() != null) {
            node.put("base_model", recipe.base());
        }
        if (recipe.chatTemplate() != null) {
            node.put("chat_template", recipe.chatTemplate().text());
        }
        if (recipe.dtype() != null) {
            node.put("dtype", recipe.dtype().word());
        }
        MendelFields.put(node, recipe);
        node.put("merge_method", recipe.method().name());
        if (!recipe.modules().isEmpty()) {
            ObjectNode modules = node.putObject("modules");
            recipe.modules().forEach((name, module) -> {
                ObjectNode item = modules.putObject(name);
                if (module.base() != null) {
                    item.put("base_model", module.base());
                }
                putParameters(item, module.parameters(), recipe.method());
                putSlices(item, module.slices(), recipe.method());
            });
        }
        if (recipe.outDtype() != null) {
            node.put("out_dtype", recipe.outDtype().word());
        }
        putParameters(node, recipe.parameters(), recipe.method());
        if (!recipe.slices().isEmpty()) {
            putSlices(node, recipe.slices(), recipe.method());
        }
        if (recipe.tokenizer() != null) {
            TokenizerFields.put(node, recipe.tokenizer());
        }
        return node.toString();
    }

    private static void putSlices(ObjectNode node, List<Slice> slices, MergeMethod method) {
        ArrayNode array = node.putArray("slices");
        slices.forEach(slice -> array.add(of(slice, method)));
    }

    private static ObjectNode of(Slice slice, MergeMethod method) {
        ObjectNode node = JSON.objectNode();
        if (slice.base() != null) {
            node.put("base_model", slice.base());
        }
        putParameters(node, slice.parameters(), method);
        ArrayNode sources = node.putArray("sources");
        for (Source source : slice.sources()) {
            ObjectNode item = sources.addObject();
            if (source.layers() != null) {
                item.putArray("layer_range")
                        .add(source.layers().start())
                        .add(source.layers().end());
            }
            item.put("model", source.model());
            putParameters(item, source.parameters(), method);
        }
        return node;
    }

    private static void putParameters(ObjectNode node, Map<String, ParameterValue> parameters,
            MergeMethod method) {
        if (!parameters.isEmpty()) {
            ObjectNode object = node.putObject("parameters");
            parameters.forEach((name, value) -> object.set(name, of(method, name, value)));
        }
    }

    /** A number or word, a list of numbers, or a list of {filter, value}. */
    static JsonNode of(MergeMethod method, String name, ParameterValue value) {
        MergeMethod.Parameter choice = method.parameter(name)
                .filter(parameter -> parameter.type() == MergeMethod.Type.CHOICE)
                .orElse(null);
        if (value.rules().size() == 1 && value.rules().getFirst().filter() == null) {
            return value(value.rules().getFirst(), choice);
        }
        ArrayNode rules = JSON.arrayNode();
        for (ParameterValue.Rule rule : value.rules()) {
            ObjectNode item = rules.addObject();
            if (rule.filter() != null) {
                item.put("filter", rule.filter());
            }
            item.set("value", value(rule, choice));
        }
        return rules;
    }

    private static JsonNode value(ParameterValue.Rule rule,
            MergeMethod.@Nullable Parameter choice) {
        if (choice != null) {
            return TextNode.valueOf(choice.word(rule.gradient().getFirst()));
        }
        if (rule.gradient().size() == 1) {
            return DoubleNode.valueOf(rule.gradient().getFirst());
        }
        ArrayNode values = JSON.arrayNode();
        rule.gradient().forEach(values::add);
        return values;
    }
}
