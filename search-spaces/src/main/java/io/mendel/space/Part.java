package io.mendel.space;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part of the network that shares one value: the tensors outside the layers, or a layer group, or those tensors of a
 * layer group that match a filter.
 *
 * @param name readable name
 * @param group the layers, or null for the tensors outside them
 * @param filter substring of tensor names, or null for the rest of the group
 */
record Part(String name, @Nullable LayerRange group, @Nullable String filter) {

    static List<Part> of(ParameterSpaceSettings settings) {
        var parts = new ArrayList<Part>();
        if (!settings.outerTensors().isEmpty()) {
            parts.add(new Part("outer", null, null));
        }
        for (LayerRange group : settings.groups()) {
            String layers = group.size() == 1
                    ? "layer " + group.start()
                    : "layers " + group.start() + "-" + (group.end() - 1);
            for (String filter : settings.filters()) {
                parts.add(new Part(layers + "." + filter, group, filter));
            }
            parts.add(new Part(settings.filters().isEmpty() ? layers : layers + ".rest", group,
                    null));
        }
        return parts;
    }

    /**
     * The parameter that gives every part its value: first the tensors outside the layers by name, then one gradient
     * with a knot on each layer for each filter, then one for the rest.
     */
    static ParameterValue combine(List<Part> parts, double[] values, LayersAndNames layers) {
        var rules = new ArrayList<ParameterValue.Rule>();
        for (int i = 0; i < values.length; i++) {
            if (parts.get(i).group == null) {
                for (String tensor : layers.outerTensors()) {
                    rules.add(new ParameterValue.Rule(tensor, List.of(values[i])));
                }
            }
        }
        var filters = new ArrayList<@Nullable String>();
        parts.stream()
                .filter(part -> part.group != null)
                .map(Part::filter)
                .distinct()
                .forEach(filters::add);
        for (String filter : filters) {
            var knots = new Double[layers.count()];
            for (int i = 0; i < values.length; i++) {
                Part part = parts.get(i);
                if (part.group != null && Objects.equals(part.filter, filter)) {
                    for (int layer = part.group.start(); layer < part.group.end(); layer++) {
                        knots[layer] = values[i];
                    }
                }
            }
            rules.add(new ParameterValue.Rule(filter, List.of(knots)));
        }
        return new ParameterValue(collapse(rules));
    }

    /** If every rule says the same constant, one rule without a filter says it shorter. */
    private static List<ParameterValue.Rule> collapse(List<ParameterValue.Rule> rules) {
        var gradients = rules.stream().map(ParameterValue.Rule::gradient).distinct().toList();
        return gradients.size() == 1 && gradients.getFirst().size() == 1
                ? List.of(new ParameterValue.Rule(null, gradients.getFirst()))
                : rules;
    }
}
