package io.mendel.campaign;

import io.mendel.benchmark.ItemSet;
import io.mendel.results.ObjectiveDefinition;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Where candidates may be given up: the parts of each role's items.
 *
 * @param items the parts by role
 */
record Racing(Map<ItemRole, ItemParts> items) {

    /** Measures that a part of the items says nothing about, since they belong to the model. */
    private static final List<String> PROPERTIES = List.of("layers", "parameters", "flops");

    Racing {
        items = Collections.unmodifiableMap(new LinkedHashMap<>(items));
    }

    /** The parts of a role. */
    ItemParts of(ItemRole role) {
        return Objects.requireNonNull(items.get(role));
    }

    /** Whether there is any place to give up. */
    boolean isPossible() {
        return items.values().stream().anyMatch(parts -> parts.count() > 1);
    }

    /** All sets of items that are scored at once. */
    List<ItemSet> sets() {
        return items.values().stream().flatMap(parts -> parts.sets().stream()).toList();
    }

    /** Whether an objective is the same on all items. */
    static boolean isProperty(ObjectiveDefinition objective) {
        return objective.task() == null && PROPERTIES.contains(objective.metric());
    }
}
