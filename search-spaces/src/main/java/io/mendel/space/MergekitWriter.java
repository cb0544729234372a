package io.mendel.space;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes recipes in mergekit's YAML dialect, so that {@link MergekitReader} reads the same recipe back.
 *
 * @since 0.1
 */
public final class MergekitWriter {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .build());

    private MergekitWriter() {}

    /** The recipe as a YAML document. */
    public static String write(Recipe recipe) {
        ObjectNode top = JSON.objectNode();
        top.put("merge_method", recipe.method().name());
        if (recipe.base() != null) {
            top.set("base_model", ModelReference.json(recipe.base()));
        }
        if (recipe.modules().isEmpty()) {
            putPath(top, recipe.slices(), recipe.method());
        } else {
            ObjectNode modules = top.putObject("modules");
            recipe.modules().forEach((name, module) -> {
                ObjectNode item = modules.putObject(name);
                if (module.base() != null) {
                    item.set("base_model", ModelReference.json(module.base()));
                }
                putPath(item, module.slices(), recipe.method());
                putParameters(item, module.parameters(), recipe.method());
            });
        }
        putParameters(top, recipe.parameters(), recipe.method());
        if (recipe.dtype() != null) {
            top.put("dtype", recipe.dtype().word());
        }
        if (recipe.outDtype() != null) {
            top.put("out_dtype", recipe.outDtype().word());
        }
        if (recipe.tokenizer() != null) {
            TokenizerFields.put(top, recipe.tokenizer());
        }
        if (recipe.chatTemplate() != null) {
            top.put("chat_template", recipe.chatTemplate().text());
        }
        MendelFields.put(top, recipe);
        try {
            return YAML.writeValueAsString(top);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree of texts and numbers can always be written.",
                    e);
        }
    }

    /** The recipes as YAML documents, each that has a name with its name; {@link MergekitReader#readAll} reads them. */
    public static String write(MergeSequence sequence) {
        return sequence.steps()
                .stream()
                .map(step -> (step.name() == null ? "" : "name: \"" + step.name() + "\"\n")
                        + write(step.recipe()))
                .collect(Collectors.joining("---\n"));
    }

    private static void putPath(ObjectNode node, List<Slice> path, MergeMethod method) {
        Slice first = path.getFirst();
        boolean whole = path.size() == 1 && first.base() == null && first.parameters().isEmpty()
                && first.sources().stream().allMatch(source -> source.layers() == null);
        if (whole) {
            putSources(node.putArray("models"), first, method);
            return;
        }
        ArrayNode slices = node.putArray("slices");
        for (Slice slice : path) {
            ObjectNode item = slices.addObject();
            if (slice.base() != null) {
                item.set("base_model", ModelReference.json(slice.base()));
            }
            putSources(item.putArray("sources"), slice, method);
            putParameters(item, slice.parameters(), method);
        }
    }

    private static void putSources(ArrayNode target, Slice slice, MergeMethod method) {
        for (Source source : slice.sources()) {
            ObjectNode item = target.addObject();
            item.set("model", ModelReference.json(source.model()));
            if (source.layers() != null) {
                item.putArray("layer_range")
                        .add(source.layers().start())
                        .add(source.layers().end());
            }
            putParameters(item, source.parameters(), method);
        }
    }

    private static void putParameters(ObjectNode node, Map<String, ParameterValue> parameters,
            MergeMethod method) {
        if (parameters.isEmpty()) {
            return;
        }
        ObjectNode object = node.putObject("parameters");
        parameters.forEach((name, value) -> object.set(name, value(method, name, value)));
    }

    private static JsonNode value(MergeMethod method, String name, ParameterValue value) {
        JsonNode node = CanonicalJson.of(method, name, value);
        boolean flag = method.parameter(name)
                .filter(p -> p.type() == MergeMethod.Type.FLAG)
                .isPresent();
        return flag && node.isNumber() ? BooleanNode.valueOf(node.asDouble() != 0) : node;
    }
}
