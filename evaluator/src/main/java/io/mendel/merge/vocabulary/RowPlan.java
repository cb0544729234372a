package io.mendel.merge.vocabulary;

import io.mendel.merge.MergeException;
import io.mendel.merge.MergeException.Kind;
import io.mendel.space.OutputTokenizer;
import io.mendel.space.OutputTokenizer.Embedding;
import io.mendel.space.OutputTokenizer.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which row each token gets in each model.
 *
 * <p>
 * A model keeps its own row of a token it has, unless the recipe forces another. Otherwise the row is, in this order:
 * the one the recipe names; the only owner's; the base's; the mean of the owners'; zeros. Only merged models count as
 * owners. Ids without a token, and those that fill up to the multiple, get the mean of all rows with one.
 */
final class RowPlan {

    private final OutputVocabulary vocabulary;
    private final OutputTokenizer settings;
    private final List<ModelTokenizer> merged;
    private final @Nullable ModelTokenizer base;
    private final Map<String, ModelTokenizer> tokenizers;
    private final Map<String, Integer> rows;
    private final Map<Integer, RowSource> defaults = new TreeMap<>();

    private RowPlan(OutputVocabulary vocabulary, OutputTokenizer settings,
            List<ModelTokenizer> merged, @Nullable ModelTokenizer base,
            Map<String, ModelTokenizer> tokenizers, Map<String, Integer> rows) {
        this.vocabulary = vocabulary;
        this.settings = settings;
        this.merged = merged;
        this.base = base;
        this.tokenizers = tokenizers;
        this.rows = rows;
    }

    /**
     * Decides on the rows.
     *
     * @param vocabulary the output's tokens
     * @param settings the recipe's settings
     * @param merged the tokenizers of the merged models, in the recipe's order
     * @param base the name of the base, or null
     * @param tokenizers the tokenizers of all models that the recipe takes rows from
     * @param rows the number of embedding rows of each of them
     * @throws MergeException if the recipe names a row that does not exist
     */
    static RowPlan of(OutputVocabulary vocabulary, OutputTokenizer settings,
            List<ModelTokenizer> merged, @Nullable String base,
            Map<String, ModelTokenizer> tokenizers, Map<String, Integer> rows)
            throws MergeException {
        var plan = new RowPlan(vocabulary, settings, merged,
                base == null ? null : Objects.requireNonNull(tokenizers.get(base)), tokenizers,
                rows);
        for (Map.Entry<Integer, String> entry : vocabulary.tokens().entrySet()) {
            plan.defaults.put(entry.getKey(), plan.usual(entry.getValue()));
        }
        return plan;
    }

    /** Number of rows of the output, padding included. */
    int size() {
        int multiple = settings.padToMultipleOf();
        return Math.toIntExact(Math.ceilDiv((long) vocabulary.size(), multiple) * multiple);
    }

    /** The rows of one merged model. */
    List<RowSource> rows(ModelTokenizer model) {
        var padding = new RowSource.Padding();
        var sources = new ArrayList<RowSource>(size());
        for (int id = 0; id < size(); id++) {
            String token = vocabulary.tokens().get(id);
            if (token == null) {
                sources.add(padding);
                continue;
            }
            Integer own = model.id(token);
            Token setting = settings.tokens().get(token);
            boolean forced = setting != null && setting.force();
            sources.add(own != null && !forced
                    ? row(model, own)
                    : Objects.requireNonNull(defaults.get(id)));
        }
        return sources;
    }

    private static RowSource row(ModelTokenizer model, int row) {
        return RowSource.Mean.of(new RowSource.Place(model.model(), row));
    }

    private RowSource usual(String token) throws MergeException {
        Token setting = settings.tokens().get(token);
        if (setting != null && setting.embedding() != null) {
            return named(token, setting.embedding());
        }
        var owners = new ArrayList<RowSource.Place>();
        for (ModelTokenizer model : merged) {
            Integer id = model.id(token);
            if (id != null) {
                owners.add(new RowSource.Place(model.model(), id));
            }
        }
        if (owners.isEmpty()) {
            return new RowSource.Zero();
        }
        Integer basis = base == null ? null : base.id(token);
        return owners.size() > 1 && base != null && basis != null
                ? row(base, basis)
                : new RowSource.Mean(owners);
    }

    private RowSource named(String token, Embedding embedding) throws MergeException {
        return switch (embedding) {
            case Embedding.Zero() -> new RowSource.Zero();
            case Embedding.OfModel(String model) -> row(token, model, token, null);
            case Embedding.OfToken(String model, String other, Integer id) ->
                row(token, model, other, id);
        };
    }

    private RowSource row(String token, String name, @Nullable String other,
            @Nullable Integer id) throws MergeException {
        ModelTokenizer model = Objects.requireNonNull(tokenizers.get(name), name);
        Integer row = other == null ? id : model.id(other);
        if (row == null || row >= Objects.requireNonNull(rows.get(name), name)) {
            throw new MergeException(Kind.VOCABULARY,
                    "The row of the token '%s' shall come from '%s', which has no %s.".formatted(
                            TokenizerReader.brief(token), name,
                            other == null
                                    ? "row " + id
                                    : "token '" + TokenizerReader.brief(other) + "'"),
                    "Correct tokenizer.tokens, or remove the source for the usual rules.");
        }
        return row(model, row);
    }
}
