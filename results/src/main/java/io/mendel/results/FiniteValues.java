package io.mendel.results;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Sorted, unmodifiable copies of named numbers that must be finite. */
final class FiniteValues {
    private FiniteValues() {}

    static SortedMap<String, Double> copyOf(Map<String, Double> values, String what) {
        var copy = new TreeMap<String, Double>();
        values.forEach((name, value) -> {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(
                        "The " + what + " (" + name + ") must be a finite number, not " + value
                                + ".\nRecord the candidate as failed instead.");
            }
            copy.put(name, value);
        });
        return Collections.unmodifiableSortedMap(copy);
    }
}
