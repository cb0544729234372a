package io.mendel.benchmark;

import io.mendel.benchmark.TaskException.Kind;
import io.mendel.benchmark.python.None;
import io.mendel.benchmark.python.PythonText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a task file, read field by field with typed errors. A null value counts as absent.
 *
 * @param path the file
 * @param prefix the path of the mapping inside the file, empty or ending with a dot
 * @param values the fields
 */
record Fields(Path path, String prefix, Map<String, Object> values) {

    /** Refuses fields outside of the known ones and names the nearest. */
    void allowOnly(Set<String> known) throws TaskException {
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                throw new TaskException(Kind.UNKNOWN_FIELD, path, prefix + name,
                        "The field (" + prefix + name + ") is not known.",
                        "Maybe " + FieldNames.nearest(name, known) + " was meant.");
            }
        }
    }

    boolean has(String name) {
        return get(name) != null;
    }

    @Nullable
    Object get(String name) {
        Object value = values.get(name);
        return value == None.NONE ? null : value;
    }

    Object require(String name) throws TaskException {
        Object value = get(name);
        if (value == null) {
            throw new TaskException(Kind.VALUE, path, prefix + name,
                    "The field (" + prefix + name + ") must be given.",
                    "Add it; see the task guide of lm-evaluation-harness.");
        }
        return value;
    }

    @Nullable
    String text(String name) throws TaskException {
        Object value = get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrong(name, value, "text");
    }

    String text(String name, String absent) throws TaskException {
        String value = text(name);
        return value == null ? absent : value;
    }

    int integer(String name, int absent, int minimum) throws TaskException {
        Object value = get(name);
        if (value == null) {
            return absent;
        }
        if (value instanceof Long number && number >= minimum && number <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw wrong(name, value, "an integer of at least " + minimum);
    }

    double number(String name, double absent) throws TaskException {
        Object value = get(name);
        if (value == null) {
            return absent;
        }
        if (value instanceof Long || value instanceof Double) {
            return ((Number) value).doubleValue();
        }
        throw wrong(name, value, "a number");
    }

    /** A boolean, also in YAML 1.1's words. */
    boolean flag(String name, boolean absent) throws TaskException {
        Object value = get(name);
        if (value == null) {
            return absent;
        }
        return switch (value) {
            case Boolean bool -> bool;
            case String text when Set.of("yes", "on", "true").contains(PythonText.lower(text)) ->
                true;
            case String text when Set.of("no", "off", "false").contains(PythonText.lower(text)) ->
                false;
            default -> throw wrong(name, value, "true or false");
        };
    }

    /** The texts of a list, or of one text; null if absent. */
    @Nullable
    List<String> texts(String name) throws TaskException {
        Object value = get(name);
        if (value == null) {
            return null;
        }
        var texts = new ArrayList<String>();
        for (Object element : value instanceof List<?> list ? list : List.of(value)) {
            if (!(element instanceof String text)) {
                throw wrong(name, value, "text or a list of texts");
            }
            texts.add(text);
        }
        return texts;
    }

    /** A nested mapping; empty if absent. */
    Fields map(String name) throws TaskException {
        Object value = get(name);
        return value == null ? new Fields(path, prefix + name + ".", Map.of()) : asMap(value, name);
    }

    /** The mappings of a list; empty if absent. */
    List<Fields> maps(String name) throws TaskException {
        Object value = get(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw wrong(name, value, "a list of mappings");
        }
        var maps = new ArrayList<Fields>();
        for (int i = 0; i < list.size(); i++) {
            maps.add(asMap(list.get(i), name + "[" + i + "]"));
        }
        return maps;
    }

    @SuppressWarnings("unchecked")
    private Fields asMap(Object value, String name) throws TaskException {
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong(name, value, "a mapping");
        }
        return new Fields(path, prefix + name + ".", (Map<String, Object>) map);
    }

    TaskException wrong(String name, Object value, String wanted) {
        return new TaskException(Kind.VALUE, path, prefix + name,
                "The field (" + prefix + name + ") must be " + wanted
                        + ", not " + PythonText.repr(value) + ".",
                "Correct the value.");
    }

    TaskException unsupported(String name, String problem, String remedy) {
        return new TaskException(Kind.UNSUPPORTED, path, prefix + name,
                "The field (" + prefix + name + ") " + problem + ".",
                remedy);
    }
}
