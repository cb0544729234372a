package io.mendel.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model as recipes refer to it: a folder, perhaps with a LoRA adapter to be merged into it.
 *
 * <p>
 * Written {@code model[@revision][+adapter[@revision]]}; an architecture that overrides the one of {@code config.json}
 * follows in parentheses.
 *
 * @param model the model's name or path
 * @param revision its revision, or null
 * @param adapter the adapter's name or path, or null
 * @param adapterRevision its revision, or null
 * @param architecture the architecture to take it for, such as {@code LlamaForCausalLM}, or null
 * @since 0.1
 */
public record ModelReference(String model, @Nullable String revision, @Nullable String adapter,
        @Nullable String adapterRevision, @Nullable String architecture) {

    private static final String OVERRIDE = " (override_architecture=";
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_]{1,100}");
    private static final String REMEDY = "Write 'model', 'model+adapter', or a mapping {model, lora, override_architecture}.";

    public ModelReference {
        requirePart("model", model);
        requirePart("revision", revision);
        requirePart("lora", adapter);
        requirePart("revision", adapterRevision);
        if (adapter == null && adapterRevision != null) {
            throw new IllegalArgumentException("Only an adapter can have an adapter's revision.");
        }
        if (architecture != null && !IDENTIFIER.matcher(architecture).matches()) {
            throw new IllegalArgumentException(
                    "The override_architecture '" + architecture + "' is not the name of a class.");
        }
    }

    private static void requirePart(String what, @Nullable String part) {
        if (part != null && (part.isBlank() || part.contains("+") || part.contains("@"))) {
            throw new IllegalArgumentException("A model reference needs a " + what
                    + " without '+' and '@', not '" + part + "'.");
        }
    }

    /**
     * Parses the written form.
     *
     * @throws IllegalArgumentException if there is more than one {@code +}, more than one {@code @} in a part, or an
     *             empty part
     */
    public static ModelReference of(String text) {
        String rest = text;
        String architecture = null;
        int override = text.indexOf(OVERRIDE);
        if (override >= 0 && text.endsWith(")")) {
            architecture = text.substring(override + OVERRIDE.length(), text.length() - 1);
            rest = text.substring(0, override);
        }
        String[] chunks = rest.split("\\+", -1);
        if (chunks.length > 2) {
            throw new IllegalArgumentException(
                    "A model reference has at most one '+', but '" + text + "' has more.");
        }
        Place model = place(chunks[0], text);
        Place adapter = chunks.length == 2 ? place(chunks[1], text) : null;
        return new ModelReference(model.path, model.revision,
                adapter == null ? null : adapter.path, adapter == null ? null : adapter.revision,
                architecture);
    }

    private record Place(String path, @Nullable String revision) {}

    private static Place place(String chunk, String text) {
        String[] parts = chunk.split("@", -1);
        if (parts.length > 2) {
            throw new IllegalArgumentException(
                    "A model reference has at most one '@' in each part, but '" + text
                            + "' has more.");
        }
        return new Place(parts[0], parts.length == 2 ? parts[1] : null);
    }

    /** The written form, which {@link #of} parses. */
    public String text() {
        return model + (revision == null ? "" : "@" + revision)
                + (adapter == null ? "" : "+" + adapter)
                + (adapterRevision == null ? "" : "@" + adapterRevision)
                + (architecture == null ? "" : OVERRIDE + architecture + ")");
    }

    /** The form that mergekit reads: a text, or a mapping where a text cannot say it. */
    static JsonNode json(String reference) {
        ModelReference parts = of(reference);
        if (parts.architecture == null) {
            return TextNode.valueOf(reference);
        }
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("model", new ModelReference(parts.model, parts.revision, null, null, null).text());
        if (parts.adapter != null) {
            node.put("lora", new ModelReference(parts.adapter, parts.adapterRevision, null, null,
                    null).text());
        }
        return node.put("override_architecture", parts.architecture);
    }

    /** A reference in either form, which must be there; as its written form. */
    static String read(YamlFields fields, String key) throws DocumentException {
        String reference = readOrNull(fields, key);
        return reference == null ? fields.text(key) : reference;
    }

    /** A reference in either form; null if absent. */
    static @Nullable String readOrNull(YamlFields fields, String key) throws DocumentException {
        JsonNode node = fields.get(key);
        if (node == null) {
            return null;
        }
        try {
            if (!node.isObject()) {
                return of(fields.text(key)).text();
            }
            var mapping = new YamlFields(fields.origin(), fields.path(key), node);
            if (mapping.has("path")) {
                Place place = place(fields, key);
                return new ModelReference(place.path, place.revision, null, null, null).text();
            }
            mapping.allow(List.of("model", "lora", "override_architecture"));
            Place model = place(mapping, "model");
            Place adapter = mapping.has("lora") ? place(mapping, "lora") : null;
            return new ModelReference(model.path, model.revision,
                    adapter == null ? null : adapter.path,
                    adapter == null ? null : adapter.revision,
                    mapping.textOrNull("override_architecture")).text();
        } catch (IllegalArgumentException e) {
            throw fields.wrong(key, String.valueOf(e.getMessage()), REMEDY);
        }
    }

    /** Path and revision of {@code path[@revision]} or {@code {path, revision}}. */
    private static Place place(YamlFields fields, String key)
            throws DocumentException {
        JsonNode node = fields.get(key);
        if (node != null && node.isObject()) {
            var mapping = new YamlFields(fields.origin(), fields.path(key), node);
            mapping.allow(List.of("path", "revision"));
            return new Place(mapping.text("path"), mapping.textOrNull("revision"));
        }
        ModelReference plain = of(fields.text(key));
        if (plain.adapter != null || plain.architecture != null) {
            throw fields.wrong(key, "must be a path without an adapter.", REMEDY);
        }
        return new Place(plain.model, plain.revision);
    }
}
