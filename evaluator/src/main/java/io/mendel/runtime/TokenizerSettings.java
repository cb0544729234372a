package io.mendel.runtime;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tokenizer_config.json} adds to {@code tokenizer.json}.
 *
 * @param bos text of the beginning-of-sequence token
 * @param eos text of the end-of-sequence token
 * @param modelMaxLength longest sequence, or 0 if not stated or without a limit
 * @param cleanUp whether decoding removes spaces before punctuation
 */
record TokenizerSettings(@Nullable String bos, @Nullable String eos, int modelMaxLength,
        boolean cleanUp) {

    private static final String FILE = "tokenizer_config.json";
    private static final long MAX_BYTES = 64L << 20;
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Reads the settings; special tokens may also stand in {@code special_tokens_map.json}. */
    static TokenizerSettings read(Path directory) throws CheckpointException {
        JsonNode config = json(directory.resolve(FILE));
        JsonNode specials = json(directory.resolve("special_tokens_map.json"));
        JsonNode longest = config.path("model_max_length");
        boolean limited = longest.isNumber() && longest.asDouble() >= 1
                && longest.asDouble() <= Integer.MAX_VALUE;
        return new TokenizerSettings(token(config, specials, "bos_token"),
                token(config, specials, "eos_token"),
                limited ? longest.asInt() : 0, cleanUp(directory, config));
    }

    /** As transformers 5: off unless stated, and for BPE only if stated twice, because it is destructive there. */
    private static boolean cleanUp(Path directory, JsonNode config) throws CheckpointException {
        return config.path("clean_up_tokenization_spaces").asBoolean(false)
                && (config.path(
                        "clean_up_tokenization_spaces_for_bpe_even_though_it_will_corrupt_output")
                        .asBoolean(false)
                        || !isBytePairEncoding(directory.resolve(Tokenizer.FILE)));
    }

    private static @Nullable String token(JsonNode config, JsonNode specials, String name) {
        JsonNode node = config.has(name) ? config.path(name) : specials.path(name);
        JsonNode text = node.isObject() ? node.path("content") : node;
        return text.isTextual() && !text.asText().isEmpty() ? text.asText() : null;
    }

    private static JsonNode json(Path file) throws CheckpointException {
        if (!Files.isRegularFile(file)) {
            return MAPPER.createObjectNode();
        }
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw malformed(file, "It must not be larger than 64 MiB.", null);
            }
            JsonNode node = MAPPER.readTree(file.toFile());
            if (!node.isObject()) {
                throw malformed(file, "It must hold a JSON object.", null);
            }
            return node;
        } catch (JsonProcessingException e) {
            throw malformed(file, "It is not JSON: " + e.getOriginalMessage() + ".", e);
        } catch (IOException e) {
            throw malformed(file, "It cannot be read: " + e.getMessage(), e);
        }
    }

    private static boolean isBytePairEncoding(Path file) throws CheckpointException {
        try (JsonParser parser = MAPPER.getFactory().createParser(file.toFile())) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = "model".equals(parser.currentName());
                parser.nextToken();
                if (found && parser.currentToken() == JsonToken.START_OBJECT) {
                    JsonNode model = MAPPER.readTree(parser);
                    return "BPE".equals(model.path("type").asText("BPE"));
                }
                parser.skipChildren();
            }
            return false;
        } catch (IOException e) {
            throw malformed(file, "It is not JSON: " + e.getMessage(), e);
        }
    }

    private static CheckpointException malformed(Path file, String problem,
            @Nullable Exception cause) {
        String remedy = "Download the tokenizer again.";
        return cause == null
                ? new CheckpointException(Kind.TOKENIZER, file, problem, remedy)
                : new CheckpointException(Kind.TOKENIZER, file, problem, remedy, cause);
    }
}
