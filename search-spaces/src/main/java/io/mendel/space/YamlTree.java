package io.mendel.space;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds trees from YAML, with anchors, aliases and merge keys ({@code <<}), within bounds that no sensible document
 * reaches: a small file cannot stand for a tree that fills the memory.
 */
final class YamlTree {

    /** Most nodes of a document, those behind aliases counted each time. */
    static final int MAX_NODES = 100_000;

    /** Most mappings and lists inside each other. */
    static final int MAX_DEPTH = 40;

    private static final YAMLFactory YAML = YAMLFactory.builder().build();
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String REMEDY = "Check indentation, quotes and doubled keys there.";

    private final YAMLParser parser;
    private final String origin;
    private final Map<String, JsonNode> anchors = new HashMap<>();
    private final IdentityHashMap<JsonNode, Integer> sizes = new IdentityHashMap<>();
    private int nodes;

    private YamlTree(YAMLParser parser, String origin) {
        this.parser = parser;
        this.origin = origin;
    }

    /** All documents of a text that are not empty. */
    static List<JsonNode> documents(String text, String origin) throws DocumentException {
        var documents = new ArrayList<JsonNode>();
        try (YAMLParser parser = YAML.createParser(text)) {
            while (parser.nextToken() != null) {
                JsonNode document = new YamlTree(parser, origin).node(0);
                if (!document.isNull()) {
                    documents.add(document);
                }
            }
            return documents;
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw invalid(origin,
                    at == null ? "" : "line " + at.getLineNr() + ", column " + at.getColumnNr(),
                    firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw invalid(origin, "", firstLine(String.valueOf(e.getMessage())));
        } catch (IllegalArgumentException e) {
            // Numbers that only look like numbers, such as a lone sign before a radix.
            throw invalid(origin, "", firstLine(String.valueOf(e.getMessage())));
        }
    }

    private static DocumentException invalid(String origin, String place,
            @Nullable String problem) {
        return new DocumentException(origin, place, "this is not valid YAML: " + problem + ".",
                REMEDY);
    }

    private static String firstLine(@Nullable String text) {
        String line = text == null ? "" : text.lines().findFirst().orElse("").strip();
        return line.length() <= 200 ? line : line.substring(0, 200) + "…";
    }

    private DocumentException here(String problem, String remedy) {
        var at = parser.currentLocation();
        return new DocumentException(origin,
                "line " + at.getLineNr() + ", column " + at.getColumnNr(), problem, remedy);
    }

    /** The node that the current token begins. */
    private JsonNode node(int depth) throws IOException, DocumentException {
        if (depth > MAX_DEPTH) {
            throw here("more than " + MAX_DEPTH + " mappings and lists are inside each other.",
                    "Make the document flatter.");
        }
        if (parser.isCurrentAlias()) {
            return alias();
        }
        String anchor = parser.getObjectId() == null ? null : parser.getObjectId().toString();
        int before = nodes;
        count(1);
        JsonNode node = switch (parser.currentToken()) {
            case START_OBJECT -> mapping(depth);
            case START_ARRAY -> list(depth);
            case VALUE_STRING -> text();
            case VALUE_TRUE -> BooleanNode.TRUE;
            case VALUE_FALSE -> BooleanNode.FALSE;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number();
            case VALUE_NULL -> NullNode.instance;
            case VALUE_EMBEDDED_OBJECT -> throw here("binary values are not allowed.",
                    "Write a text or a number.");
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME -> throw here(
                    "a value is required.", REMEDY);
            case null -> throw here("the document ends too early.", REMEDY);
        };
        if (anchor != null) {
            anchors.put(anchor, node);
            if (node.isContainerNode()) {
                sizes.put(node, nodes - before);
            }
        }
        return node;
    }

    private void count(int more) throws DocumentException {
        nodes += more;
        if (nodes > MAX_NODES) {
            throw here("the document stands for more than " + MAX_NODES + " values.",
                    "Remove aliases, or split it.");
        }
    }

    private JsonNode alias() throws IOException, DocumentException {
        String name = parser.getText();
        JsonNode target = anchors.get(name);
        if (target == null) {
            throw here("the alias '*" + firstLine(name) + "' refers to nothing above it.",
                    "Define it with '&', above its first use and outside itself.");
        }
        count(sizes.getOrDefault(target, 1));
        return target;
    }

    /** A text; nothing at all, unlike a pair of quotes, is no value. */
    private JsonNode text() throws IOException {
        String text = parser.getText();
        boolean nothing = text.isEmpty()
                && parser.currentTokenLocation().equals(parser.currentLocation());
        return nothing ? NullNode.instance : TextNode.valueOf(text);
    }

    private JsonNode number() throws IOException {
        return switch (parser.getNumberValue()) {
            case Integer value -> IntNode.valueOf(value);
            case Long value -> LongNode.valueOf(value);
            case BigInteger value -> BigIntegerNode.valueOf(value);
            case Number value -> DoubleNode.valueOf(value.doubleValue());
        };
    }

    private JsonNode list(int depth) throws IOException, DocumentException {
        ArrayNode list = JSON.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(node(depth + 1));
        }
        return list;
    }

    private JsonNode mapping(int depth) throws IOException, DocumentException {
        ObjectNode mapping = JSON.objectNode();
        var merged = new ArrayList<JsonNode>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            if (parser.isCurrentAlias()) {
                throw here("a key cannot be an alias.", "Write the key out.");
            }
            parser.nextToken();
            JsonNode value = node(depth + 1);
            if (key.equals("<<")) {
                merged.add(value);
            } else if (mapping.has(key)) {
                throw here("this is not valid YAML: duplicate key '" + firstLine(key) + "'.",
                        REMEDY);
            } else {
                mapping.set(key, value);
            }
        }
        for (JsonNode value : merged) {
            merge(mapping, value);
        }
        return mapping;
    }

    /** The keys of a mapping, or of a list of mappings, that are not there yet. */
    private void merge(ObjectNode mapping, JsonNode value) throws DocumentException {
        List<JsonNode> sources = new ArrayList<>();
        if (value.isArray()) {
            value.forEach(sources::add);
        } else {
            sources.add(value);
        }
        for (JsonNode source : sources) {
            if (!source.isObject()) {
                throw here("'<<' must name a mapping, or a list of mappings.",
                        "Put the '&' before a mapping.");
            }
            source.properties().forEach(entry -> {
                if (!mapping.has(entry.getKey())) {
                    mapping.set(entry.getKey(), entry.getValue());
                }
            });
        }
    }
}
