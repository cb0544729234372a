package io.mendel.space;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads {@code models} or {@code slices}, which stand in a recipe or in a module of it. */
final class PathFields {

    private final MergeMethod method;

    PathFields(MergeMethod method) {
        this.method = method;
    }

    List<Slice> slices(YamlFields level) throws DocumentException {
        if (level.has("models") == level.has("slices")) {
            throw new DocumentException(level.origin(), level.place(),
                    "exactly one of 'models' and 'slices' is required.",
                    "List the models to merge under 'models:'.");
        }
        var slices = new ArrayList<Slice>();
        if (level.has("models")) {
            slices.add(level.build("models",
                    () -> Slice.of(sources(level.mappings("models"), false))));
        } else {
            List<YamlFields> items = level.mappings("slices");
            if (items.isEmpty()) {
                throw level.wrong("slices", "at least one slice is required.",
                        "Write '- sources: […]' for each slice.");
            }
            for (YamlFields item : items) {
                slices.add(slice(item));
            }
        }
        return slices;
    }

    private Slice slice(YamlFields item) throws DocumentException {
        item.allow(List.of("sources", "base_model", "parameters", "residual_weight"));
        // mergekit parses this key and never looks at it.
        item.number("residual_weight", 0);
        return item.build("sources", () -> new Slice(sources(item.mappings("sources"), true),
                ModelReference.readOrNull(item, "base_model"), parameters(item)));
    }

    private List<Source> sources(List<YamlFields> items, boolean ranges)
            throws DocumentException {
        var sources = new ArrayList<Source>();
        for (YamlFields item : items) {
            item.allow(ranges
                    ? List.of("model", "layer_range", "parameters")
                    : List.of("model", "parameters"));
            String model = ModelReference.read(item, "model");
            LayerRange range = ranges ? layerRange(item) : null;
            sources.add(new Source(model, range, parameters(item, MergeMethod.Scope.MODEL)));
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
        return item.build("layer_range",
                () -> new LayerRange(range.get(0).asInt(), range.get(1).asInt()));
    }

    /** Parameters of a level above the sources: those of models may also stand there, as a default for all of them. */
    SortedMap<String, ParameterValue> parameters(YamlFields level) throws DocumentException {
        return parameters(level, MergeMethod.Scope.values());
    }

    private SortedMap<String, ParameterValue> parameters(YamlFields level,
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
}
