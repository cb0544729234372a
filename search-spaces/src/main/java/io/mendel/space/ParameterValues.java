package io.mendel.space;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the three spellings of a parameter: a value, a gradient, or a list of {filter, value}. */
final class ParameterValues {

    private ParameterValues() {}

    static ParameterValue read(YamlFields fields, MergeMethod.Parameter parameter, JsonNode node)
            throws DocumentException {
        var rules = new ArrayList<ParameterValue.Rule>();
        if (node.isArray() && !node.isEmpty() && node.get(0).isObject()) {
            for (JsonNode item : node) {
                var rule = new YamlFields(fields.origin(), fields.path(parameter.name()), item);
                rule.allow(List.of("filter", "value"));
                JsonNode value = rule.get("value");
                if (value == null) {
                    throw rule.wrong("value", "this key is required.",
                            "Write {filter: …, value: …}.");
                }
                rules.add(rule(fields, parameter, filter(rule), value));
            }
        } else {
            rules.add(rule(fields, parameter, null, node));
        }
        return new ParameterValue(rules);
    }

    private static @Nullable String filter(YamlFields rule) throws DocumentException {
        String filter = rule.textOrNull("filter");
        return filter == null || filter.equals("*") ? null : filter;
    }

    private static ParameterValue.Rule rule(YamlFields fields, MergeMethod.Parameter parameter,
            @Nullable String filter, JsonNode node) throws DocumentException {
        var values = new ArrayList<Double>();
        if (parameter.type() == MergeMethod.Type.CHOICE) {
            values.add(choice(fields, parameter, node));
        } else if (node.isArray()) {
            for (JsonNode item : node) {
                values.add(number(fields, parameter, item));
            }
        } else {
            values.add(number(fields, parameter, node));
        }
        if (values.isEmpty()) {
            throw fields.wrong(parameter.name(), "a number or a list of numbers", node);
        }
        return new ParameterValue.Rule(filter, values);
    }

    private static double choice(YamlFields fields, MergeMethod.Parameter parameter, JsonNode node)
            throws DocumentException {
        if (!node.isTextual()) {
            throw fields.wrong(parameter.name(),
                    "one of the words " + String.join(", ", parameter.words()), node);
        }
        int place = parameter.words().indexOf(node.asText());
        if (place < 0) {
            throw fields.wrong(parameter.name(), "unknown word '" + node.asText() + "'.",
                    InvalidInputException.didYouMean(node.asText(), parameter.words()));
        }
        return place;
    }

    private static double number(YamlFields fields, MergeMethod.Parameter parameter, JsonNode node)
            throws DocumentException {
        if (parameter.type() == MergeMethod.Type.FLAG && node.isBoolean()) {
            return node.asBoolean() ? 1 : 0;
        }
        if (!node.isNumber()) {
            throw fields.wrong(parameter.name(),
                    parameter.type() == MergeMethod.Type.FLAG ? "true or false" : "a number", node);
        }
        double value = node.asDouble();
        if (!(value >= parameter.min() && value <= parameter.max())) {
            throw fields.wrong(parameter.name(),
                    "must be from %s to %s, not %s.".formatted(parameter.min(), parameter.max(),
                            value),
                    "See 'mendel methods' for its meaning.");
        }
        return value;
    }
}
