package io.mendel.space;

import java.util.SortedMap;
import java.util.TreeMap;

/** Short ways to write small parameter maps. */
final class SortedMaps {

    private SortedMaps() {}

    static SortedMap<String, ParameterValue> of(String name, ParameterValue value) {
        var map = new TreeMap<String, ParameterValue>();
        map.put(name, value);
        return map;
    }
}
