package io.mendel.space;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A part of the network with a path of its own, such as the encoder of an encoder-decoder model.
 *
 * @param slices its path, at least one slice
 * @param base base model of this module; null for the recipe's
 * @param parameters parameters of this module, behind those of a slice and before those of the recipe
 * @since 0.1
 */
public record RecipeModule(List<Slice> slices, @Nullable String base,
        SortedMap<String, ParameterValue> parameters) {

    public RecipeModule {
        slices = List.copyOf(slices);
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        if (slices.isEmpty()) {
            throw new IllegalArgumentException("A module needs at least one slice.");
        }
    }

    /** The slices with everything that they inherit from the module. */
    public List<Slice> inheritingSlices() {
        return slices.stream().map(this::inheriting).toList();
    }

    private Slice inheriting(Slice slice) {
        var values = new TreeMap<>(slice.parameters());
        parameters.forEach((name, value) -> values.merge(name, value, ParameterValue::orElse));
        return new Slice(slice.sources(), slice.base() != null ? slice.base() : base, values);
    }
}
