package io.mendel.space;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A run of output layers, merged from the layers of its sources one by one.
 *
 * @param sources at least one; their layer ranges are equally long, or all absent
 * @param base base model of this slice; null for the recipe's
 * @param parameters parameters of this slice, behind those of a source and before those of the recipe
 * @since 0.1
 */
public record Slice(List<Source> sources, @Nullable String base,
        SortedMap<String, ParameterValue> parameters) {

    public Slice {
        sources = List.copyOf(sources);
        parameters = Collections.unmodifiableSortedMap(new TreeMap<>(parameters));
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("A slice needs at least one source.");
        }
        if (sources.stream()
                .map(s -> s.layers() == null ? -1 : s.layers().size())
                .distinct()
                .count() > 1) {
            throw new IllegalArgumentException(
                    "All sources of a slice must contribute the same number of layers.");
        }
    }

    /** A slice over all layers of these sources. */
    public static Slice of(List<Source> sources) {
        return new Slice(sources, null, new TreeMap<>());
    }
}
