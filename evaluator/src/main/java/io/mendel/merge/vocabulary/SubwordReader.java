package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;

/** Reads the section {@code model} of {@code tokenizer.json}. */
final class SubwordReader {

    private static final String VOCAB = "vocab";
    private static final String MERGES = "merges";

    private final Path file;
    private final JsonNode section;

    private SubwordReader(Path file, JsonNode section) {
        this.file = file;
        this.section = section;
    }

    static SubwordModel read(Path file, JsonNode section) throws CheckpointException {
        var reader = new SubwordReader(file, section);
        if (!section.isObject()) {
            throw reader.malformed("The section 'model' must be an object.");
        }
        String type = section.path("type").asText(guess(section));
        return switch (type) {
            case BytePairModel.TYPE -> reader.bytePairs();
            case UnigramModel.TYPE -> reader.unigram();
            case WordModel.WORD_PIECE, WordModel.WORD_LEVEL ->
                new WordModel(type, reader.table(), reader.settings(type));
            default -> throw new CheckpointException(Kind.TOKENIZER, file,
                    "The type of model '" + TokenizerReader.brief(type) + "' is not known.",
                    "BPE, Unigram, WordPiece and WordLevel are.");
        };
    }

    /** Files of old versions do not name the type. */
    private static String guess(JsonNode section) {
        if (section.has(MERGES)) {
            return BytePairModel.TYPE;
        }
        if (section.path(VOCAB).isArray()) {
            return UnigramModel.TYPE;
        }
        return section.has("max_input_chars_per_word")
                ? WordModel.WORD_PIECE
                : WordModel.WORD_LEVEL;
    }

    private ObjectNode settings(String type) {
        ObjectNode settings = JsonNodeFactory.instance.objectNode().put("type", type);
        for (Map.Entry<String, JsonNode> entry : section.properties()) {
            // Null keeps the place of what is written later.
            boolean large = entry.getKey().equals(VOCAB) || entry.getKey().equals(MERGES);
            settings.set(entry.getKey(), large ? NullNode.instance : entry.getValue());
        }
        return settings;
    }

    private Map<String, Integer> table() throws CheckpointException {
        JsonNode vocab = section.path(VOCAB);
        if (!vocab.isObject()) {
            throw malformed("The vocabulary must be an object from tokens to ids.");
        }
        Map<String, Integer> pieces = new HashMap<>();
        for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
            pieces.put(entry.getKey(), id(file, entry.getKey(), entry.getValue()));
        }
        return Collections.unmodifiableMap(pieces);
    }

    private BytePairModel bytePairs() throws CheckpointException {
        SequencedSet<BytePairModel.Merge> merges = new LinkedHashSet<>();
        JsonNode list = section.path(MERGES);
        if (!list.isArray()) {
            throw malformed("The merges must be a list.");
        }
        for (JsonNode node : list) {
            merges.add(merge(node, merges.size()));
        }
        return new BytePairModel(table(), Collections.unmodifiableSequencedSet(merges),
                !list.path(0).isTextual(), settings(BytePairModel.TYPE));
    }

    private BytePairModel.Merge merge(JsonNode node, int place) throws CheckpointException {
        if (node.isArray() && node.size() == 2 && node.path(0).isTextual()
                && node.path(1).isTextual()) {
            return new BytePairModel.Merge(node.path(0).textValue(), node.path(1).textValue());
        }
        String text = node.asText("");
        int space = text.indexOf(' ');
        if (!node.isTextual() || space < 0 || text.indexOf(' ', space + 1) >= 0) {
            throw malformed("The merge number " + (place + 1)
                    + " must be a pair of pieces, or two pieces with a space between.");
        }
        return new BytePairModel.Merge(text.substring(0, space), text.substring(space + 1));
    }

    private UnigramModel unigram() throws CheckpointException {
        JsonNode vocab = section.path(VOCAB);
        if (!vocab.isArray()) {
            throw malformed("The vocabulary of a Unigram model must be a list.");
        }
        Map<String, Integer> pieces = new LinkedHashMap<>();
        Map<String, Double> scores = new HashMap<>();
        for (JsonNode entry : vocab) {
            JsonNode piece = entry.path(0);
            JsonNode score = entry.path(1);
            if (entry.size() != 2 || !piece.isTextual() || !score.isNumber()) {
                throw malformed("The piece number " + (pieces.size() + 1)
                        + " must be a pair of a text and a score.");
            }
            if (pieces.put(piece.textValue(), pieces.size()) != null) {
                throw malformed("The piece '" + TokenizerReader.brief(piece.textValue())
                        + "' occurs twice.");
            }
            scores.put(piece.textValue(), score.doubleValue());
        }
        return new UnigramModel(Collections.unmodifiableMap(pieces),
                Collections.unmodifiableMap(scores), settings(UnigramModel.TYPE));
    }

    static int id(Path file, String token, JsonNode node) throws CheckpointException {
        if (!node.isInt() || node.intValue() < 0) {
            throw new CheckpointException(Kind.TOKENIZER, file,
                    "The id of the token '%s' must be a whole number of at least 0, not %s."
                            .formatted(TokenizerReader.brief(token),
                                    TokenizerReader.brief(node.toString())),
                    TokenizerReader.AGAIN);
        }
        return node.intValue();
    }

    private CheckpointException malformed(String problem) {
        return new CheckpointException(Kind.TOKENIZER, file, problem, TokenizerReader.AGAIN);
    }
}
