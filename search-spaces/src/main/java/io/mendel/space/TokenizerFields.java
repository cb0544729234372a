package io.mendel.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.space.OutputTokenizer.Embedding;
import io.mendel.space.OutputTokenizer.Source;
import io.mendel.space.OutputTokenizer.Token;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads and writes the keys {@code tokenizer_source} and {@code tokenizer}. */
final class TokenizerFields {

    static final String SHORT = "tokenizer_source";
    static final String LONG = "tokenizer";

    private TokenizerFields() {}

    static @Nullable OutputTokenizer read(YamlFields top) throws DocumentException {
        if (top.has(SHORT) && top.has(LONG)) {
            throw top.wrong(LONG, "'tokenizer_source' and 'tokenizer' exclude each other.",
                    "Write the source as 'tokenizer: {source: …}' only.");
        }
        if (top.has(SHORT)) {
            return OutputTokenizer.of(source(top, SHORT));
        }
        YamlFields fields = top.mapping(LONG);
        if (fields == null) {
            return null;
        }
        fields.allow(List.of("source", "tokens", "pad_to_multiple_of"));
        var tokens = new TreeMap<String, Token>();
        YamlFields entries = fields.mapping("tokens");
        if (entries != null) {
            for (var entry : entries.node().properties()) {
                if (entry.getKey().isEmpty()) {
                    throw fields.wrong("tokens", "a token must have at least one character.",
                            "Name the token, or remove the entry.");
                }
                tokens.put(entry.getKey(), token(entries, entry.getKey(), entry.getValue()));
            }
        }
        return new OutputTokenizer(source(fields, "source"), tokens,
                fields.integer("pad_to_multiple_of", 1, 1, Integer.MAX_VALUE));
    }

    private static Source source(YamlFields fields, String key) throws DocumentException {
        String model = ModelReference.read(fields, key);
        return switch (model) {
            case "union" -> new Source.Union();
            case "base" -> new Source.Base();
            default -> new Source.Model(model);
        };
    }

    private static Token token(YamlFields entries, String text, JsonNode node)
            throws DocumentException {
        if (!node.isObject()) {
            throw entries.wrong(text, "a mapping with 'source' and 'force'", node);
        }
        var fields = new YamlFields(entries.origin(), entries.path(text), node);
        fields.allow(List.of("source", "force"));
        boolean force = fields.flag("force", false);
        Embedding embedding = embedding(fields);
        if (force && embedding == null) {
            throw fields.wrong("force", "a token with 'force' needs a 'source'.",
                    "Say where the row comes from.");
        }
        return new Token(embedding, force);
    }

    private static @Nullable Embedding embedding(YamlFields fields) throws DocumentException {
        JsonNode node = fields.get("source");
        if (node == null) {
            return null;
        }
        if (!node.isObject() || !node.has("kind")) {
            return new Embedding.OfModel(ModelReference.read(fields, "source"));
        }
        var source = new YamlFields(fields.origin(), fields.path("source"), node);
        String kind = source.text("kind");
        return switch (kind) {
            case "zero" -> {
                source.allow(List.of("kind"));
                yield new Embedding.Zero();
            }
            case "model_token" -> {
                source.allow(List.of("kind", "model", "token", "token_id"));
                if (source.has("token") == source.has("token_id")) {
                    throw fields.wrong("source",
                            "exactly one of 'token' and 'token_id' is required.",
                            "Name the token by its text or by its id.");
                }
                String model = ModelReference.read(source, "model");
                yield source.has("token")
                        ? new Embedding.OfToken(model, source.text("token"), null)
                        : new Embedding.OfToken(model, null,
                                source.integer("token_id", 0, 0, Integer.MAX_VALUE));
            }
            default -> throw source.wrong("kind", "unknown kind '" + kind + "'.",
                    InvalidInputException.didYouMean(kind, List.of("model_token", "zero")));
        };
    }

    /** Adds the key that says it shortest. */
    static void put(ObjectNode top, OutputTokenizer tokenizer) {
        if (tokenizer.tokens().isEmpty() && tokenizer.padToMultipleOf() == 1) {
            top.put(SHORT, text(tokenizer.source()));
            return;
        }
        ObjectNode node = top.putObject(LONG);
        if (tokenizer.padToMultipleOf() > 1) {
            node.put("pad_to_multiple_of", tokenizer.padToMultipleOf());
        }
        node.put("source", text(tokenizer.source()));
        if (!tokenizer.tokens().isEmpty()) {
            ObjectNode tokens = node.putObject("tokens");
            tokenizer.tokens().forEach((text, token) -> put(tokens.putObject(text), token));
        }
    }

    private static String text(Source source) {
        return switch (source) {
            case Source.Union() -> "union";
            case Source.Base() -> "base";
            case Source.Model(String model) -> model;
        };
    }

    private static void put(ObjectNode node, Token token) {
        if (token.force()) {
            node.put("force", true);
        }
        switch (token.embedding()) {
            case null -> {
            }
            case Embedding.OfModel(String model) -> node.put("source", model);
            case Embedding.Zero() -> node.putObject("source").put("kind", "zero");
            case Embedding.OfToken(String model, var text, var id) -> {
                ObjectNode source = node.putObject("source");
                source.put("kind", "model_token").put("model", model);
                if (text != null) {
                    source.put("token", text);
                } else {
                    source.put("token_id", id);
                }
            }
        }
    }
}
