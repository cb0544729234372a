package io.mendel.space;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mapping read from YAML whose keys must all be known: every error says file, key path, what was wanted, and a remedy.
 *
 * @param origin the file it comes from, for messages
 * @param place key path of this mapping, such as {@code slices[0]}, or empty at the top
 * @param node the mapping
 * @since 0.1
 */
public record YamlFields(String origin, String place, JsonNode node) {

    /**
     * Parses a document that must be a mapping.
     *
     * @throws DocumentException if it is not YAML, not a mapping, or more than one document
     */
    public static YamlFields parse(String text, String origin) throws DocumentException {
        List<YamlFields> documents = parseAll(text, origin);
        if (documents.size() > 1) {
            throw new DocumentException(origin, "",
                    "one document is required, but there are " + documents.size() + ".",
                    "Remove the lines '---' between them, or use a file for each.");
        }
        return documents.getFirst();
    }

    /**
     * Parses documents, at least one, that must be mappings.
     *
     * @throws DocumentException if it is not YAML, or one is not a mapping
     */
    static List<YamlFields> parseAll(String text, String origin) throws DocumentException {
        List<JsonNode> roots = YamlTree.documents(text, origin);
        if (roots.isEmpty() || !roots.stream().allMatch(JsonNode::isObject)) {
            throw new DocumentException(origin, "", "a mapping of keys to values is required.",
                    "Write lines of the form 'key: value'.");
        }
        var documents = new ArrayList<YamlFields>();
        for (JsonNode root : roots) {
            String place = roots.size() == 1 ? "" : "document " + (documents.size() + 1);
            documents.add(new YamlFields(origin, place, root));
        }
        return documents;
    }

    /** Rejects every key that is not one of these. */
    public void allow(List<String> known) throws DocumentException {
        for (var names = node.fieldNames(); names.hasNext();) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new DocumentException(origin, path(name), "unknown key '" + name + "'.",
                        InvalidInputException.didYouMean(name, known));
            }
        }
    }

    /** Whether the key is present and not null. */
    public boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** Key path of an entry of this mapping. */
    public String path(String key) {
        return place.isEmpty() ? key : place + "." + key;
    }

    /** The value of a key; null if absent or null. */
    public @Nullable JsonNode get(String key) {
        return has(key) ? node.get(key) : null;
    }

    /** A text that may be absent. */
    public @Nullable String textOrNull(String key) throws DocumentException {
        JsonNode value = get(key);
        if (value == null) {
            return null;
        }
        if (!value.isValueNode()) {
            throw wrong(key, "a text", value);
        }
        return value.asText();
    }

    /** A text that must be there. */
    public String text(String key) throws DocumentException {
        String value = textOrNull(key);
        if (value == null || value.isBlank()) {
            throw new DocumentException(origin, path(key), "this key is required.",
                    "Add '" + key + ": …'.");
        }
        return value;
    }

    /** A number with a default. */
    public double number(String key, double defaultValue) throws DocumentException {
        JsonNode value = get(key);
        if (value == null) {
            return defaultValue;
        }
        if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
            throw wrong(key, "a finite number", value);
        }
        return value.asDouble();
    }

    /** A whole number within bounds, with a default. */
    public int integer(String key, int defaultValue, int min, int max) throws DocumentException {
        JsonNode value = get(key);
        if (value == null) {
            return defaultValue;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() < min
                || value.asInt() > max) {
            throw wrong(key, "a whole number from " + min
                    + (max == Integer.MAX_VALUE ? " up" : " to " + max), value);
        }
        return value.asInt();
    }

    /** True or false, with a default. */
    public boolean flag(String key, boolean defaultValue) throws DocumentException {
        JsonNode value = get(key);
        if (value == null) {
            return defaultValue;
        }
        if (!value.isBoolean()) {
            throw wrong(key, "true or false", value);
        }
        return value.booleanValue();
    }

    /** A list of texts; empty if absent. A single text counts as a list of one. */
    public List<String> texts(String key) throws DocumentException {
        JsonNode value = get(key);
        if (value == null) {
            return List.of();
        }
        if (value.isTextual()) {
            return List.of(value.asText());
        }
        if (!value.isArray()) {
            throw wrong(key, "a list of texts", value);
        }
        var texts = new ArrayList<String>();
        for (JsonNode item : value) {
            if (!item.isValueNode() || item.isNull()) {
                throw wrong(key, "a list of texts", value);
            }
            texts.add(item.asText());
        }
        return texts;
    }

    /** A mapping below this one; null if absent. */
    public @Nullable YamlFields mapping(String key) throws DocumentException {
        JsonNode value = get(key);
        if (value == null) {
            return null;
        }
        if (!value.isObject()) {
            throw wrong(key, "a mapping", value);
        }
        return new YamlFields(origin, path(key), value);
    }

    /** A list of mappings; empty if absent. */
    public List<YamlFields> mappings(String key) throws DocumentException {
        JsonNode value = get(key);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(key, "a list of mappings", value);
        }
        var items = new ArrayList<YamlFields>();
        for (JsonNode item : value) {
            if (!item.isObject()) {
                throw wrong(key + "[" + items.size() + "]", "a mapping", item);
            }
            items.add(new YamlFields(origin, path(key) + "[" + items.size() + "]", item));
        }
        return items;
    }

    /**
     * What a constructor makes of this mapping; what it refuses becomes an error at the key.
     *
     * @param key the key concerned, or empty for the mapping itself
     */
    <T> T build(String key, Construction<T> construction) throws DocumentException {
        try {
            return construction.make();
        } catch (IllegalArgumentException e) {
            throw new DocumentException(origin, key.isEmpty() ? place : path(key),
                    String.valueOf(e.getMessage()), "Correct the recipe there.");
        }
    }

    /** Makes a valid object or refuses to. */
    interface Construction<T> {
        T make() throws DocumentException;
    }

    /** The error for a value of the wrong kind. */
    public DocumentException wrong(String key, String wanted, JsonNode found) {
        return new DocumentException(origin, path(key),
                "must be " + wanted + ", not " + abbreviate(found) + ".",
                "Correct the value of '" + key + "'.");
    }

    /** The error for a value that is well-formed but not allowed. */
    public DocumentException wrong(String key, String problem, String remedy) {
        return new DocumentException(origin, path(key), problem, remedy);
    }

    private static String abbreviate(JsonNode node) {
        if (node.isContainerNode()) {
            return (node.isObject() ? "a mapping" : "a list") + " of " + node.size();
        }
        String text = node.toString();
        return text.length() <= 80 ? text : text.substring(0, 77) + "…";
    }
}
