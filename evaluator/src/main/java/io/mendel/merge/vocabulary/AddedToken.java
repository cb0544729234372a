package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A token that is cut out of the text before the rest is split into pieces.
 *
 * @param content its text
 * @param special whether decoding may skip it
 * @param normalized whether it is looked for in the normalised text instead of the raw one
 * @param singleWord whether it must not touch letters
 * @param strippedLeft whether it swallows white space before it
 * @param strippedRight whether it swallows white space after it
 */
record AddedToken(String content, boolean special, boolean normalized, boolean singleWord,
        boolean strippedLeft, boolean strippedRight) {

    /** A token that a recipe adds: found as it is written, and kept when decoding. */
    static AddedToken plain(String content) {
        return new AddedToken(content, false, false, false, false, false);
    }

    /** As the files spell it; absent flags are off, but {@code normalized} is the opposite of {@code special}. */
    static AddedToken of(String content, JsonNode flags) {
        boolean special = flags.path("special").asBoolean(false);
        return new AddedToken(content, special, flags.path("normalized").asBoolean(!special),
                flags.path("single_word").asBoolean(false), flags.path("lstrip").asBoolean(false),
                flags.path("rstrip").asBoolean(false));
    }

    /** As in the list {@code added_tokens} of {@code tokenizer.json}. */
    ObjectNode listed(int id) {
        ObjectNode node = JsonNodeFactory.instance.objectNode().put("id", id);
        node.put("content", content)
                .put("single_word", singleWord)
                .put("lstrip", strippedLeft)
                .put("rstrip", strippedRight)
                .put("normalized", normalized);
        return node.put("special", special);
    }

    /** As in {@code added_tokens_decoder} of {@code tokenizer_config.json}, where the id is the key. */
    ObjectNode decoded() {
        return listed(0).without(java.util.List.of("id"));
    }
}
