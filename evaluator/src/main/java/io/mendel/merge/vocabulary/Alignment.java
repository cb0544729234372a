package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.CompanionFiles;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.merge.MergeException;
import io.mendel.space.OutputTokenizer;
import io.mendel.space.OutputTokenizer.Source;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A vocabulary for all models of a recipe, and the rows that each of them contributes. */
final class Alignment {

    private static final String CONFIG = "config.json";
    static final String VOCAB_SIZE = "vocab_size";
    private static final String TIED = "tie_word_embeddings";
    private static final long MAX_CONFIG_BYTES = 4_000_000;

    private final OutputVocabulary vocabulary;
    private final RowPlan plan;
    private final Map<String, ModelTokenizer> tokenizers;
    private final Map<String, TokenTensors> tensors;
    /** The configuration that the ids of special tokens are taken from, or null if they stay. */
    private final @Nullable JsonNode idSource;

    private Alignment(OutputVocabulary vocabulary, RowPlan plan,
            Map<String, ModelTokenizer> tokenizers, Map<String, TokenTensors> tensors,
            @Nullable JsonNode idSource) {
        this.vocabulary = vocabulary;
        this.plan = plan;
        this.tokenizers = tokenizers;
        this.tensors = tensors;
        this.idSource = idSource;
    }

    /** Reads all tokenizers and decides on every row; see {@link AlignedModels#of}. */
    static Alignment of(Recipe recipe, OutputTokenizer settings, Map<String, Checkpoint> models,
            Function<String, Path> paths) throws CheckpointException, MergeException {
        var tensors = new LinkedHashMap<String, TokenTensors>();
        var tokenizers = new LinkedHashMap<String, ModelTokenizer>();
        var rows = new LinkedHashMap<String, Integer>();
        for (String name : AlignedModels.models(recipe)) {
            Checkpoint checkpoint = Objects.requireNonNull(models.get(name), name);
            TokenTensors own = TokenTensors.of(name, checkpoint);
            tensors.put(name, own);
            rows.put(name, Math.toIntExact(own.rows()));
            tokenizers.put(name, TokenizerReader.read(name, checkpoint.directory(), own.rows()));
        }
        requireOneWidth(tensors);
        List<ModelTokenizer> merged = recipe.models()
                .stream()
                .map(name -> Objects.requireNonNull(tokenizers.get(name), name))
                .toList();
        ModelTokenizer source = merged.getFirst();
        JsonNode idSource = null;
        if (settings.source() instanceof Source.Model(String name)) {
            ModelTokenizer known = tokenizers.get(name);
            Path folder = known == null ? paths.apply(name) : known.directory();
            idSource = config(folder);
            source = known == null ? outsider(name, folder, idSource) : known;
        }
        var vocabulary = OutputVocabulary.of(settings, source, merged);
        var plan = RowPlan.of(vocabulary, settings, merged, recipe.base(), tokenizers, rows);
        return new Alignment(vocabulary, plan, tokenizers, tensors, idSource);
    }

    /** A tokenizer whose model takes no part: its folder may hold nothing else. */
    private static ModelTokenizer outsider(String name, Path folder, @Nullable JsonNode config)
            throws CheckpointException {
        JsonNode size = config == null ? null : config.get(VOCAB_SIZE);
        return TokenizerReader.read(name, folder,
                size != null && size.isInt() && size.intValue() > 0
                        ? size.intValue()
                        : Integer.MAX_VALUE);
    }

    /** The {@code config.json} of a folder, or null if it has none. */
    static @Nullable JsonNode config(Path folder) throws CheckpointException {
        return CompanionFiles.of(folder)
                .json(CONFIG, MAX_CONFIG_BYTES, Kind.CONFIG,
                        "Download config.json again, or repair it.");
    }

    private static void requireOneWidth(Map<String, TokenTensors> tensors) throws MergeException {
        @Nullable
        TokenTensors first = null;
        for (TokenTensors model : tensors.values()) {
            first = first == null ? model : first;
            SortedSet<String> names = new TreeSet<>(first.names());
            names.addAll(model.names());
            for (String name : names) {
                TensorInfo a = first.counterpart(name);
                TensorInfo b = model.counterpart(name);
                if (a == null || b == null) {
                    throw new MergeException(MergeException.Kind.MISSING_TENSOR,
                            "The model '%s' has no tensor %s, which '%s' has.".formatted(
                                    (a == null ? first : model).model(), name,
                                    (a == null ? model : first).model()),
                            "All models must have the same tensors; only a head tied to the embedding may be absent.");
                }
                if (!row(a).equals(row(b))) {
                    throw new MergeException(MergeException.Kind.SHAPE,
                            "The rows of %s must have the same shape in all models, but they are %s in '%s' and %s in '%s'."
                                    .formatted(name, row(a), first.model(), row(b),
                                            model.model()),
                            "Merge models of the same hidden size.");
                }
            }
        }
    }

    private static List<Long> row(TensorInfo info) {
        return info.shape().subList(1, info.shape().size());
    }

    /** The tokens of the output. */
    OutputVocabulary vocabulary() {
        return vocabulary;
    }

    /** These models with rows for the output's tokens, by name; the caller closes them. */
    Map<String, Checkpoint> derive(Map<String, Checkpoint> merged, @Nullable Path scratch) {
        boolean allTied = merged.keySet().stream().allMatch(name -> own(name).tied());
        var aligned = new LinkedHashMap<String, Checkpoint>();
        merged.forEach((name, checkpoint) -> aligned.put(name,
                checkpoint.derive(config(checkpoint, allTied), derivations(name, allTied),
                        scratch, () -> {
                        })));
        return aligned;
    }

    private TokenTensors own(String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    private List<AlignedTensor> derivations(String model, boolean allTied) {
        List<RowSource> rows = plan.rows(Objects.requireNonNull(tokenizers.get(model), model));
        SortedSet<String> names = new TreeSet<>(own(model).names());
        if (!allTied) {
            // Rows that a tied model lacks come from the others' heads, so its head and its embedding part here.
            names.add(TokenTensors.HEAD);
        }
        var derivations = new ArrayList<AlignedTensor>();
        for (String name : names) {
            TensorInfo info = own(model).counterpart(name);
            if (info != null) {
                derivations.add(new AlignedTensor(info, name, rows, tensors));
            }
        }
        return derivations;
    }

    private JsonNode config(Checkpoint checkpoint, boolean allTied) {
        ObjectNode config = checkpoint.config().deepCopy();
        TokenizerFiles.copyIds(idSource, config);
        if (config.has(VOCAB_SIZE)) {
            config.put(VOCAB_SIZE, plan.size());
        }
        if (config.get("text_config") instanceof ObjectNode text && text.has(VOCAB_SIZE)) {
            text.put(VOCAB_SIZE, plan.size());
        }
        if (!allTied) {
            config.put(TIED, false);
        }
        return config;
    }
}
