package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of one model, without the tokens that the model has no embedding for.
 *
 * @param model the model's name in the recipe
 * @param directory its folder
 * @param document {@code tokenizer.json}, with null for the model and the added tokens
 * @param subwords how text is split
 * @param added the added tokens, by their text, in the order of their ids
 * @param tokens all tokens by id, each less than the number of the model's embedding rows
 * @param ids the id of each token, in the order of the ids
 * @param dropped how many tokens of the file have no embedding
 */
record ModelTokenizer(String model, Path directory, ObjectNode document, SubwordModel subwords,
        SequencedMap<String, AddedToken> added, SortedMap<Integer, String> tokens,
        SequencedMap<String, Integer> ids, int dropped) {

    /**
     * A tokenizer of these tokens.
     *
     * @param all the id of each token, those without embedding among them; no two with one id
     * @param added the added tokens by their text
     * @param rows number of the model's embedding rows
     */
    static ModelTokenizer of(String model, Path directory, ObjectNode document,
            SubwordModel subwords, Map<String, AddedToken> added, Map<String, Integer> all,
            long rows) {
        SortedMap<Integer, String> tokens = new TreeMap<>();
        all.forEach((token, id) -> {
            if (id < rows) {
                tokens.put(id, token);
            }
        });
        SequencedMap<String, Integer> ids = new LinkedHashMap<>();
        SequencedMap<String, AddedToken> inOrder = new LinkedHashMap<>();
        tokens.forEach((id, token) -> {
            ids.put(token, id);
            AddedToken definition = added.get(token);
            if (definition != null) {
                inOrder.put(token, definition);
            }
        });
        return new ModelTokenizer(model, directory, document, subwords,
                Collections.unmodifiableSequencedMap(inOrder),
                Collections.unmodifiableSortedMap(tokens),
                Collections.unmodifiableSequencedMap(ids), all.size() - tokens.size());
    }

    /** The id of a token, or null if the model has no row for it. */
    @Nullable
    Integer id(String token) {
        return ids.get(token);
    }

    /** Whether pieces are written in the alphabet that stands for bytes, where a space is {@code Ġ}. */
    boolean isByteLevel() {
        return mentionsByteLevel(document.path("pre_tokenizer"))
                || mentionsByteLevel(document.path("decoder"));
    }

    private static boolean mentionsByteLevel(JsonNode node) {
        if (node.path("type").asText("").equals("ByteLevel")) {
            return true;
        }
        for (JsonNode child : node) {
            if (child.isContainerNode() && mentionsByteLevel(child)) {
                return true;
            }
        }
        return false;
    }
}
