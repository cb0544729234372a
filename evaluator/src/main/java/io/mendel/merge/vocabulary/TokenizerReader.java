package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.CompanionFiles;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads tokenizers from files that nobody vouches for.
 *
 * <p>
 * Added tokens are those of {@code tokenizer.json}, then those that only {@code tokenizer_config.json} or
 * {@code added_tokens.json} list; where they disagree on a token, the first of these files is right.
 */
final class TokenizerReader {

    static final String FILE = "tokenizer.json";
    static final String CONFIG = "tokenizer_config.json";
    static final String DECODER = "added_tokens_decoder";
    /** Room for twice the largest vocabularies in use, of 262,144 tokens and 35 MB. */
    static final long MAX_BYTES = 72_000_000;
    static final String AGAIN = "Download the tokenizer again.";
    private static final String ADDED = "added_tokens.json";
    private static final String SPECIAL = "special_tokens_map.json";

    private final Path file;
    private final CompanionFiles files;
    private final CharsetEncoder unicode = StandardCharsets.UTF_8.newEncoder();
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<Integer, String> tokens = new HashMap<>();
    private final Map<String, AddedToken> added = new LinkedHashMap<>();

    private TokenizerReader(Path directory, CompanionFiles files) {
        this.file = directory.resolve(FILE);
        this.files = files;
    }

    /**
     * Reads the tokenizer of a model folder.
     *
     * @param model the model's name, for messages
     * @param directory its folder
     * @param rows number of the model's embedding rows; tokens with larger ids are dropped
     * @return null if there is no {@code tokenizer.json}
     * @throws CheckpointException of kind {@link Kind#TOKENIZER} if it is malformed or of an unknown kind
     */
    static @Nullable ModelTokenizer readIfPresent(String model, Path directory, long rows)
            throws CheckpointException {
        var files = CompanionFiles.of(directory);
        ObjectNode document = files.json(FILE, MAX_BYTES, Kind.TOKENIZER, AGAIN);
        return document == null
                ? null
                : new TokenizerReader(directory, files).read(model, directory, document, rows);
    }

    /** As {@link #readIfPresent}, but the file must be there. */
    static ModelTokenizer read(String model, Path directory, long rows)
            throws CheckpointException {
        ModelTokenizer tokenizer = readIfPresent(model, directory, rows);
        if (tokenizer == null) {
            throw new CheckpointException(Kind.TOKENIZER, directory.resolve(FILE),
                    "The file does not exist, but the recipe asks for a vocabulary that all models share.",
                    "Save the model's tokenizer with transformers beside its weights; SentencePiece files are not read.");
        }
        return tokenizer;
    }

    private ModelTokenizer read(String model, Path directory, ObjectNode document, long rows)
            throws CheckpointException {
        SubwordModel subwords = SubwordReader.read(file, document.path("model"));
        for (Map.Entry<String, Integer> piece : subwords.pieces().entrySet()) {
            define(piece.getKey(), piece.getValue(), FILE);
        }
        readListed(document.path("added_tokens"));
        readConfig();
        readAdded();
        document.putNull("model");
        document.putNull("added_tokens");
        return ModelTokenizer.of(model, directory, document, subwords, added, ids, rows);
    }

    private void readListed(JsonNode list) throws CheckpointException {
        if (!list.isArray() && !list.isNull() && !list.isMissingNode()) {
            throw malformed("added_tokens must be a list.");
        }
        for (JsonNode entry : list) {
            JsonNode content = entry.path("content");
            if (!content.isTextual() || content.textValue().isEmpty()) {
                throw malformed("Each of added_tokens needs a text as its content.");
            }
            add(AddedToken.of(content.textValue(), entry),
                    id(entry.path("id"), content.textValue()), FILE);
        }
    }

    private void readConfig() throws CheckpointException {
        ObjectNode config = files.json(CONFIG, MAX_BYTES, Kind.TOKENIZER, AGAIN);
        JsonNode decoder = config == null
                ? JsonNodeFactory.instance.missingNode()
                : config.path(DECODER);
        Map<Integer, JsonNode> inOrder = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : decoder.properties()) {
            inOrder.put(id(entry.getKey()), entry.getValue());
        }
        for (Map.Entry<Integer, JsonNode> entry : inOrder.entrySet()) {
            String content = entry.getValue().path("content").asText("");
            if (!content.isEmpty() && !added.containsKey(content)) {
                add(AddedToken.of(content, entry.getValue()), entry.getKey(), CONFIG);
            }
        }
    }

    private void readAdded() throws CheckpointException {
        ObjectNode list = files.json(ADDED, MAX_BYTES, Kind.TOKENIZER, AGAIN);
        ObjectNode special = files.json(SPECIAL, MAX_BYTES, Kind.TOKENIZER, AGAIN);
        if (list == null) {
            return;
        }
        Set<String> names = new TreeSet<>();
        if (special != null) {
            special.forEach(node -> {
                names.add(node.path("content").asText(node.asText("")));
                node.forEach(item -> names.add(item.path("content").asText(item.asText(""))));
            });
        }
        Map<Integer, String> inOrder = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : list.properties()) {
            inOrder.put(id(entry.getValue(), entry.getKey()), entry.getKey());
        }
        for (Map.Entry<Integer, String> entry : inOrder.entrySet()) {
            String content = entry.getValue();
            if (!content.isEmpty() && !added.containsKey(content)) {
                boolean isSpecial = names.contains(content);
                add(new AddedToken(content, isSpecial, !isSpecial, false, false, false),
                        entry.getKey(), ADDED);
            }
        }
    }

    private void add(AddedToken token, int id, String from) throws CheckpointException {
        define(token.content(), id, from);
        added.putIfAbsent(token.content(), token);
    }

    private void define(String token, int id, String from) throws CheckpointException {
        if (!unicode.canEncode(token)) {
            throw malformed("The token of id " + id + " in " + from + " is not Unicode.");
        }
        Integer other = ids.putIfAbsent(token, id);
        if (other != null && other != id) {
            throw malformed("The token '%s' has two ids, %d and in %s %d.".formatted(brief(token),
                    other, from, id));
        }
        String namesake = tokens.putIfAbsent(id, token);
        if (namesake != null && !namesake.equals(token)) {
            throw malformed("The id %d stands for two tokens, '%s' and in %s '%s'.".formatted(id,
                    brief(namesake), from, brief(token)));
        }
    }

    private int id(String text) throws CheckpointException {
        try {
            int id = Integer.parseInt(text);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            throw malformed("'" + brief(text) + "' in " + DECODER + " is not an id.", e);
        }
        throw malformed("'" + brief(text) + "' in " + DECODER + " is not an id.");
    }

    private int id(JsonNode node, String token) throws CheckpointException {
        return SubwordReader.id(file, token, node);
    }

    private CheckpointException malformed(String problem) {
        return new CheckpointException(Kind.TOKENIZER, file, problem, AGAIN);
    }

    private CheckpointException malformed(String problem, Exception cause) {
        return new CheckpointException(Kind.TOKENIZER, file, problem, AGAIN, cause);
    }

    /** A token as messages show it. */
    static String brief(String token) {
        return token.length() <= 60
                ? token
                : token.substring(0, 57) + "…";
    }
}
