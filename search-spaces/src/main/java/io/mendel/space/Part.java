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
 * @param point place on a curve over all layers, in place of a group; −1 if there is no curve
 */
record Part(String name, @Nullable LayerRange group, @Nullable String filter, int point) {

    private Part(String name, @Nullable LayerRange group, @Nullable String filter) {
        this(name, group, filter, -1);
    }

    static List<Part> of(ParameterSpaceSettings settings) {
        var parts = new ArrayList<Part>();
        if (!settings.outerTensors().isEmpty()) {
            parts.add(new Part("outer", null, null));
        }
        if (settings.curvePoints() > 0) {
            curve(settings, parts);
            return parts;
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

    private static void curve(ParameterSpaceSettings settings, List<Part> parts) {
        for (int point = 0; point < settings.curvePoints(); point++) {
            String name = "point " + (point + 1) + "/" + settings.curvePoints();
            for (String filter : settings.filters()) {
                parts.add(new Part(name + "." + filter, null, filter, point));
            }
            parts.add(new Part(settings.filters().isEmpty() ? name : name + ".rest", null, null,
                    point));
        }
    }

    /** Whether it lies outside the layers. */
    private boolean isOuter() {
        return group == null && point < 0;
    }

    /**
     * The parameter that gives every part its value: first the tensors outside the layers by name, then one gradient
     * with a knot on each layer for each filter, then one for the rest.
     */
    static ParameterValue combine(List<Part> parts, double[] values, LayersAndNames layers) {
        var rules = new ArrayList<ParameterValue.Rule>();
        for (int i = 0; i < values.length; i++) {
            if (parts.get(i).isOuter()) {
                for (String tensor : layers.outerTensors()) {
                    rules.add(new ParameterValue.Rule(tensor, List.of(values[i])));
                }
            }
        }
        var filters = new ArrayList<@Nullable String>();
        parts.stream()
                .filter(part -> !part.isOuter())
                .map(Part::filter)
                .distinct()
                .forEach(filters::add);
        for (String filter : filters) {
            var curve = new ArrayList<Double>();
            for (int i = 0; i < values.length; i++) {
                if (parts.get(i).point >= 0 && Objects.equals(parts.get(i).filter, filter)) {
                    curve.add(values[i]);
                }
            }
            if (!curve.isEmpty()) {
                rules.add(new ParameterValue.Rule(filter, curve));
                continue;
            }
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
