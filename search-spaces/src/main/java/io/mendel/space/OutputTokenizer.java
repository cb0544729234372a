package io.mendel.space;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of the merged model, and where the embeddings of its tokens come from.
 *
 * <p>
 * mergekit's {@code tokenizer_source: X} is {@code tokenizer: {source: X}}: one thing, spelt in two ways.
 *
 * @param source whose vocabulary it is
 * @param tokens tokens with rules of their own, by the token's text; tokens that no model has are added
 * @param padToMultipleOf the number of embedding rows is rounded up to a multiple of this; 1 for no padding
 * @since 0.1
 */
public record OutputTokenizer(Source source, SortedMap<String, Token> tokens, int padToMultipleOf) {

    public OutputTokenizer {
        tokens = Collections.unmodifiableSortedMap(new TreeMap<>(tokens));
        if (tokens.containsKey("")) {
            throw new IllegalArgumentException("A token must have at least one character.");
        }
        if (padToMultipleOf < 1) {
            throw new IllegalArgumentException(
                    "pad_to_multiple_of must be at least 1, not " + padToMultipleOf + ".");
        }
    }

    /** A vocabulary without further rules. */
    public static OutputTokenizer of(Source source) {
        return new OutputTokenizer(source, new TreeMap<>(), 1);
    }

    /** Whose vocabulary it is. */
    public sealed interface Source {

        /** The base's tokens, then those of the other models that it lacks. */
        record Union() implements Source {}

        /** The base's, or the first model's if there is no base. */
        record Base() implements Source {}

        /**
         * That of a model.
         *
         * @param model a model reference; not necessarily one that is merged
         */
        record Model(String model) implements Source {}
    }

    /**
     * What is said about one token.
     *
     * @param embedding where its row comes from in models that lack it; null for the usual rules
     * @param force whether models that have the token get this row, too
     */
    public record Token(@Nullable Embedding embedding, boolean force) {
        public Token {
            if (force && embedding == null) {
                throw new IllegalArgumentException("A token with 'force' needs a 'source'.");
            }
        }
    }

    /** Where the row of a token comes from. */
    public sealed interface Embedding {

        /**
         * The row of the same token in a model.
         *
         * @param model a model reference
         */
        record OfModel(String model) implements Embedding {}

        /**
         * The row of some token in a model; either the text or the id is given.
         *
         * @param model a model reference
         * @param token the token's text, or null
         * @param id the token's id, at least 0, or null
         */
        record OfToken(String model, @Nullable String token,
                @Nullable Integer id) implements Embedding {
            public OfToken {
                if ((token == null) == (id == null)) {
                    throw new IllegalArgumentException(
                            "Exactly one of 'token' and 'token_id' is required.");
                }
                if (id != null && id < 0) {
                    throw new IllegalArgumentException(
                            "The token_id must be at least 0, not " + id + ".");
                }
            }
        }

        /** A row of zeros. */
        record Zero() implements Embedding {}
    }

    /** The models that the vocabulary or a token's row is taken from, in order. */
    public SequencedSet<String> models() {
        var models = new LinkedHashSet<String>();
        if (source instanceof Source.Model(String model)) {
            models.add(model);
        }
        for (Token token : tokens.values()) {
            switch (token.embedding()) {
                case null -> {
                }
                case Embedding.Zero() -> {
                }
                case Embedding.OfModel(String model) -> models.add(model);
                case Embedding.OfToken of -> models.add(of.model());
            }
        }
        return models;
    }
}
