package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.merge.MergeException;
import io.mendel.merge.MergeException.Kind;
import io.mendel.space.OutputTokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The tokens of the merged model.
 *
 * <p>
 * The tokens of the source keep their ids, so that whatever names an id stays true. Behind them follow, in the order of
 * the models and then of their ids, first the pieces and then the added tokens that the others have; last, the tokens
 * that only the recipe names. Where models disagree on what a token is, the first that has it decides.
 */
final class OutputVocabulary {

    private final ModelTokenizer source;
    private final SortedMap<Integer, String> tokens;
    private final SequencedMap<String, Integer> ids;
    private final SequencedMap<String, AddedToken> added;
    private final List<SubwordModel> contributors = new ArrayList<>();

    private OutputVocabulary(ModelTokenizer source) {
        this.source = source;
        this.tokens = new TreeMap<>(source.tokens());
        this.ids = new LinkedHashMap<>(source.ids());
        this.added = new LinkedHashMap<>(source.added());
    }

    /**
     * The vocabulary that a recipe asks for.
     *
     * @param settings the recipe's settings
     * @param source the tokenizer they name, for a union that of the base, or else of the first model
     * @param merged the tokenizers of all merged models, in the recipe's order
     * @throws MergeException if the tokenizers cannot be united
     */
    static OutputVocabulary of(OutputTokenizer settings, ModelTokenizer source,
            List<ModelTokenizer> merged) throws MergeException {
        var vocabulary = new OutputVocabulary(source);
        if (settings.source() instanceof OutputTokenizer.Source.Union) {
            vocabulary.unite(merged);
        }
        for (String token : settings.tokens().keySet()) {
            if (!vocabulary.ids.containsKey(token)) {
                vocabulary.add(token, merged.stream()
                        .map(model -> model.added().get(token))
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(AddedToken.plain(token)));
            }
        }
        vocabulary.requireList();
        return vocabulary;
    }

    private void unite(List<ModelTokenizer> merged) throws MergeException {
        SequencedMap<String, AddedToken> newAdded = new LinkedHashMap<>();
        SequencedMap<String, ModelTokenizer> newPieces = new LinkedHashMap<>();
        for (ModelTokenizer model : merged) {
            for (String token : model.ids().keySet()) {
                if (ids.containsKey(token) || newPieces.containsKey(token)) {
                    continue;
                }
                AddedToken definition = model.added().get(token);
                if (definition != null) {
                    newAdded.putIfAbsent(token, definition);
                } else if (!newAdded.containsKey(token)) {
                    newPieces.put(token, model);
                }
            }
        }
        for (ModelTokenizer model : merged) {
            List<String> pieces = newPieces.entrySet()
                    .stream()
                    .filter(entry -> entry.getValue().model().equals(model.model()))
                    .map(Map.Entry::getKey)
                    .toList();
            if (!pieces.isEmpty()) {
                requireCompatible(model, pieces);
                contributors.add(model.subwords());
            }
        }
        newPieces.keySet().forEach(this::append);
        newAdded.forEach(this::add);
    }

    private void append(String token) {
        int id = size();
        tokens.put(id, token);
        ids.put(token, id);
    }

    private void add(String token, AddedToken definition) {
        append(token);
        added.put(token, definition);
    }

    private void requireCompatible(ModelTokenizer other, List<String> pieces)
            throws MergeException {
        String refusal = source.subwords().refusal(other.subwords(), pieces);
        if (refusal == null && source.isByteLevel() != other.isByteLevel()) {
            refusal = other.isByteLevel()
                    ? "its pieces are written in the alphabet of bytes (ByteLevel)"
                    : "its pieces are not written in the alphabet of bytes (ByteLevel)";
        }
        if (refusal != null) {
            throw new MergeException(Kind.VOCABULARY,
                    "The tokenizer of '%s' cannot be united with that of '%s': %s."
                            .formatted(other.model(), source.model(), refusal),
                    "Choose one of them: tokenizer_source: base, or the name of a model.");
        }
    }

    /** A Unigram model numbers its pieces by their place. */
    private void requireList() throws MergeException {
        if (isChanged() && source.subwords() instanceof UnigramModel && size() != tokens.size()) {
            throw new MergeException(Kind.VOCABULARY,
                    "The tokenizer of '%s' cannot be extended: it has %d tokens, but ids up to %d."
                            .formatted(source.model(), tokens.size(), size() - 1),
                    "Choose the tokenizer of another model: tokenizer_source: MODEL.");
        }
    }

    /** The tokenizer whose ids are kept. */
    ModelTokenizer source() {
        return source;
    }

    /** The tokens by id; an id below the largest may have none. */
    SortedMap<Integer, String> tokens() {
        return tokens;
    }

    /** The largest id, plus one. */
    int size() {
        return tokens.isEmpty() ? 0 : tokens.lastKey() + 1;
    }

    /** Whether this is not just the vocabulary in the source's files. */
    boolean isChanged() {
        return source.dropped() > 0 || tokens.size() != source.tokens().size();
    }

    /** The added tokens by id. */
    SortedMap<Integer, AddedToken> added() {
        SortedMap<Integer, AddedToken> byId = new TreeMap<>();
        added.forEach((token, definition) -> byId.put(Objects.requireNonNull(ids.get(token)),
                definition));
        return byId;
    }

    /** The content of {@code tokenizer.json}. */
    ObjectNode document() {
        ObjectNode document = source.document().deepCopy();
        document.set("model", source.subwords().json(tokens, contributors));
        ArrayNode list = document.putArray("added_tokens");
        added().forEach((id, token) -> list.add(token.listed(id)));
        return document;
    }
}
