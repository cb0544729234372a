package io.mendel.space;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads recipes in mergekit's YAML dialect.
 *
 * <p>
 * Unlike mergekit, unknown keys are errors. What mergekit cannot say stands under the extra key {@code mendel:}, which
 * mergekit ignores.
 *
 * @since 0.1
 */
public final class MergekitReader {

    private static final List<String> TOP_KEYS = List.of("merge_method", "base_model", "models",
            "slices", "parameters",
            "dtype", "out_dtype", "tokenizer_source", "tokenizer", "chat_template", "mendel");

    private MergekitReader() {}

    /**
     * Reads one recipe.
     *
     * @param text the YAML document
     * @param origin where it comes from, for messages
     * @throws DocumentException if it is not a valid recipe
     */
    public static Recipe read(String text, String origin) throws DocumentException {
        YamlFields top = YamlFields.parse(text, origin);
        top.allow(TOP_KEYS);
        MergeMethod method = method(top);
        if (top.has("models") == top.has("slices")) {
            throw new DocumentException(origin, "",
                    "exactly one of 'models' and 'slices' is required.",
                    "List the models to merge under 'models:'.");
        }
        var slices = new ArrayList<Slice>();
        if (top.has("models")) {
            slices.add(build(top, "models",
                    () -> Slice.of(sources(top.mappings("models"), method, false))));
        } else {
            for (YamlFields slice : top.mappings("slices")) {
                slice.allow(List.of("sources", "base_model", "parameters"));
                slices.add(build(slice, "sources",
                        () -> new Slice(sources(slice.mappings("sources"), method, true),
                                ModelReference.readOrNull(slice, "base_model"),
                                parameters(slice, method, MergeMethod.Scope.values()))));
            }
        }
        YamlFields mendel = top.mapping("mendel");
        if (mendel != null) {
            mendel.allow(List.of("seed"));
        }
        JsonNode seed = mendel == null ? null : mendel.get("seed");
        if (seed != null && !seed.canConvertToLong()) {
            throw top.wrong("mendel.seed", "a whole number", seed);
        }
        OutputTokenizer tokenizer = TokenizerFields.read(top);
        String templateText = top.textOrNull("chat_template");
        ChatTemplate template = templateText == null
                ? null
                : build(top, "chat_template", () -> ChatTemplate.of(templateText));
        return build(top, "", () -> new Recipe(method, ModelReference.readOrNull(top, "base_model"), slices,
                parameters(top, method, MergeMethod.Scope.values()), precision(top, "dtype"),
                precision(top, "out_dtype"), tokenizer, template, seed == null ? 0 : seed.asLong()));
    }

    private static MergeMethod method(YamlFields top) throws DocumentException {
        String name = top.text("merge_method");
        var method = MergeMethods.named(name);
        if (method.isEmpty()) {
            throw top.wrong("merge_method", "unknown merge method '" + name + "'.",
                    InvalidInputException
                            .didYouMean(name,
                                    MergeMethods.all().stream().map(MergeMethod::name).toList()));
        }
        return method.get();
    }

    private static @Nullable Precision precision(YamlFields top, String key)
            throws DocumentException {
        String word = top.textOrNull(key);
        if (word == null) {
            return null;
        }
        var precision = Precision.of(word);
        if (precision.isEmpty()) {
            throw top.wrong(key, "unknown type '" + word + "'.",
                    InvalidInputException.didYouMean(word, Precision.words()));
        }
        return precision.get();
    }

    private static List<Source> sources(List<YamlFields> items, MergeMethod method, boolean ranges)
            throws DocumentException {
        var sources = new ArrayList<Source>();
        for (YamlFields item : items) {
            item.allow(ranges
                    ? List.of("model", "layer_range", "parameters")
                    : List.of("model", "parameters"));
            String model = ModelReference.read(item, "model");
            LayerRange range = ranges ? layerRange(item) : null;
            sources.add(
                    new Source(model, range, parameters(item, method, MergeMethod.Scope.MODEL)));
        }
        return sources;
    }

    private static @Nullable LayerRange layerRange(YamlFields item) throws DocumentException {
        JsonNode range = item.get("layer_range");
        if (range == null) {
            return null;
        }
        if (!range.isArray() || range.size() != 2 || !range.get(0).isInt()
                || !range.get(1).isInt()) {
            throw item.wrong("layer_range", "a pair [first, end]", range);
        }
        return build(item, "layer_range",
                () -> new LayerRange(range.get(0).asInt(), range.get(1).asInt()));
    }

    /** Parameters of a level; the per-model ones may also stand on an outer level, as a default for all models. */
    private static SortedMap<String, ParameterValue> parameters(YamlFields level,
            MergeMethod method,
            MergeMethod.Scope... scopes) throws DocumentException {
        var values = new TreeMap<String, ParameterValue>();
        YamlFields fields = level.mapping("parameters");
        if (fields == null) {
            return values;
        }
        var allowed = List.of(scopes);
        fields.allow(method.parameters()
                .stream()
                .filter(p -> allowed.contains(p.scope()))
                .map(MergeMethod.Parameter::name)
                .toList());
        for (MergeMethod.Parameter parameter : method.parameters()) {
            JsonNode node = fields.get(parameter.name());
            if (node != null) {
                values.put(parameter.name(), ParameterValues.read(fields, parameter, node));
            }
        }
        return values;
    }

    private static <T> T build(YamlFields fields, String key, Construction<T> construction)
            throws DocumentException {
        try {
            return construction.make();
        } catch (IllegalArgumentException e) {
            throw new DocumentException(fields.origin(),
                    key.isEmpty() ? fields.place() : fields.path(key),
                    String.valueOf(e.getMessage()), "Correct the recipe there.");
        }
    }

    private interface Construction<T> {
        T make() throws DocumentException;
    }
}
