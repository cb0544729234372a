package io.mendel.results.store;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.results.Scores;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Named numbers as JSON text; the maps are sorted, so equal maps give equal text. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .setDefaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL));
    private static final TypeReference<TreeMap<String, Double>> VALUES = new TypeReference<>() {
    };
    private static final TypeReference<TreeMap<String, TreeMap<String, Double>>> SCORES = new TypeReference<>() {
    };
    private static final TypeReference<List<String>> NAMES = new TypeReference<>() {
    };

    private Json() {}

    static String of(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "Maps of numbers and lists of names always have a JSON form.", e);
        }
    }

    static SortedMap<String, Double> values(String json) {
        return read(json, VALUES);
    }

    static Scores scores(String json) {
        Map<String, TreeMap<String, Double>> tasks = read(json, SCORES);
        return Scores.of(tasks);
    }

    static List<String> names(String json) {
        return read(json, NAMES);
    }

    private static <T> T read(String json, TypeReference<T> type) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new IllegalArgumentException("A stored value is null.");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "A stored value is no valid JSON: " + e.getOriginalMessage(), e);
        }
    }
}
