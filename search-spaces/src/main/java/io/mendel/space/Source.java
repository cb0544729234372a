package io.mendel.space;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A model's contribution to a slice.
 *
 * @param model the model's name or path, as the recipe spells it
 * @param layers the layers it contributes; null for all
 * @param parameters its own parameters, such as {@code weight} and {@code density}
 * @since 0.1
 */
public record Source(String model, @Nullable LayerRange layers,
        SortedMap<String, ParameterValue> parameters) {

    public Source {
        if (model.isBlank()) {
            throw new IllegalArgumentException("A source must name a model.");
        }
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
    }

    /** All layers of a model, with these parameters. */
    public static Source of(String model, Map<String, ParameterValue> parameters) {
        return new Source(model, null, new TreeMap<>(parameters));
    }
}
