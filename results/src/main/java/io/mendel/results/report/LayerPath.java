package io.mendel.results.report;

import io.mendel.space.DocumentException;
import io.mendel.space.LayerRange;
import io.mendel.space.MergekitReader;
import io.mendel.space.ParameterValue;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The path of layers that a recipe describes, as the report draws it.
 *
 * @param steps the layers in the order in which they run
 */
record LayerPath(List<Step> steps) {

    /**
     * A layer of the path.
     *
     * @param scale what the hidden state is multiplied by before it
     * @param parts the layers that it is merged from, with shares that sum to 1
     */
    record Step(double scale, List<Part> parts) {}

    /**
     * A layer of a parent.
     *
     * @param model the parent
     * @param layer the layer
     * @param share how much of the step it is, 0 to 1
     */
    record Part(String model, int layer, double share) {}

    LayerPath {
        steps = List.copyOf(steps);
    }

    /** The path of a recipe in canonical JSON; null if the text is none, or it merges models whole. */
    static @Nullable LayerPath of(String json) {
        Recipe recipe;
        try {
            recipe = MergekitReader.read(json, "recipe");
        } catch (DocumentException e) {
            return null;
        }
        var steps = new ArrayList<Step>();
        for (Slice slice : recipe.slices()) {
            LayerRange range = slice.sources().getFirst().layers();
            if (range == null) {
                return null;
            }
            for (int i = 0; i < range.size(); i++) {
                int step = steps.size();
                double scale = step < recipe.scales().size() ? recipe.scales().get(step) : 1;
                steps.add(new Step(scale, parts(recipe, slice, i)));
            }
        }
        return steps.isEmpty() ? null : new LayerPath(steps);
    }

    private static List<Part> parts(Recipe recipe, Slice slice, int index) {
        var weights = new ArrayList<Double>();
        Double t = constant("t", slice.parameters(), recipe.parameters());
        if (t != null && slice.sources().size() == 2) {
            weights.addAll(List.of(1 - t, t));
        } else {
            for (Source source : slice.sources()) {
                Double weight = constant("weight", source.parameters(), slice.parameters(),
                        recipe.parameters());
                weights.add(weight == null ? 1 : Math.abs(weight));
            }
        }
        double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
        var parts = new ArrayList<Part>();
        for (int i = 0; i < weights.size(); i++) {
            Source source = slice.sources().get(i);
            LayerRange range = source.layers();
            double share = sum > 0 ? weights.get(i) / sum : 1.0 / weights.size();
            if (share > 0) {
                parts.add(new Part(source.model(), (range == null ? 0 : range.start()) + index,
                        share));
            }
        }
        return Collections.unmodifiableList(parts);
    }

    /** The value that tensors have of which no rule is said: that of the last rule, in the middle of a gradient. */
    @SafeVarargs
    private static @Nullable Double constant(String name,
            SortedMap<String, ParameterValue>... scopes) {
        for (SortedMap<String, ParameterValue> scope : scopes) {
            ParameterValue value = scope.get(name);
            if (value != null) {
                return value.rules()
                        .getLast()
                        .gradient()
                        .stream()
                        .mapToDouble(Double::doubleValue)
                        .average()
                        .orElse(1);
            }
        }
        return null;
    }

    /** The path in words: {@code A0–A3 B1×0.9 A2}, merged layers joined by {@code +}. */
    String text(List<String> models) {
        var words = new ArrayList<String>();
        int first = 0;
        while (first < steps.size()) {
            int last = first;
            while (last + 1 < steps.size() && follows(steps.get(last), steps.get(last + 1))) {
                last++;
            }
            Step step = steps.get(first);
            String name = name(step, models);
            if (last > first + 1) {
                words.add(name + "–" + name(steps.get(last), models));
                first = last + 1;
            } else {
                words.add(step.scale() == 1
                        ? name
                        : name + String.format(Locale.ROOT, "×%.2f", step.scale()));
                first++;
            }
        }
        return String.join(" ", words);
    }

    private static boolean follows(Step one, Step next) {
        return one.scale() == 1 && next.scale() == 1 && one.parts().size() == 1
                && next.parts().size() == 1
                && one.parts().getFirst().model().equals(next.parts().getFirst().model())
                && one.parts().getFirst().layer() + 1 == next.parts().getFirst().layer();
    }

    static String name(Step step, List<String> models) {
        var names = new ArrayList<String>();
        step.parts().forEach(part -> names.add(letter(part.model(), models) + part.layer()));
        return String.join("+", names);
    }

    /** A to Z for the first models, then M27, M28, … */
    static String letter(String model, List<String> models) {
        int index = models.indexOf(model);
        return index < 26 ? String.valueOf((char) ('A' + index)) : "M" + (index + 1);
    }
}
