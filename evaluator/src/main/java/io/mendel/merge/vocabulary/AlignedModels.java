package io.mendel.merge.vocabulary;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.merge.MergeException;
import io.mendel.merge.ModelCompanions;
import io.mendel.space.OutputTokenizer;
import io.mendel.space.OutputTokenizer.Embedding;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The models of a recipe with one vocabulary, and the tokenizer of the output.
 *
 * <p>
 * If the recipe has tokenizer settings, the rows of embeddings and heads stand in the order of the output's tokens, and
 * the configurations state the new size; a head tied to the embedding stays tied if all are. Without settings the
 * models must have one vocabulary already, and the tokenizer is a copy. The caller closes this object before the models
 * it was made of.
 *
 * @since 0.1
 */
public final class AlignedModels implements AutoCloseable {

    private final Map<String, Checkpoint> parents;
    private final List<Checkpoint> derived;
    private final ModelCompanions companions;

    private AlignedModels(Map<String, Checkpoint> parents, List<Checkpoint> derived,
            ModelCompanions companions) {
        this.parents = Collections.unmodifiableMap(parents);
        this.derived = derived;
        this.companions = companions;
    }

    /** The models whose weights a recipe needs: those it merges, in order, and those it takes single rows from. */
    public static SequencedSet<String> models(Recipe recipe) {
        var models = new LinkedHashSet<>(recipe.models());
        if (recipe.tokenizer() != null) {
            for (OutputTokenizer.Token token : recipe.tokenizer().tokens().values()) {
                switch (token.embedding()) {
                    case null -> {
                    }
                    case Embedding.Zero() -> {
                    }
                    case Embedding.OfModel(String model) -> models.add(model);
                    case Embedding.OfToken of -> models.add(of.model());
                }
            }
        }
        return models;
    }

    /** Aligns the models of a recipe, with temporary files in the system's folder. */
    public static AlignedModels of(Recipe recipe, Map<String, Checkpoint> models,
            Function<String, Path> paths) throws CheckpointException, MergeException {
        return of(recipe, models, paths, null);
    }

    /**
     * Aligns the models of a recipe. No weight is read before it is merged.
     *
     * @param recipe the recipe
     * @param models at least {@link #models}, by name; they stay open until this object is closed
     * @param paths where a model is that only lends its tokenizer
     * @param scratch the folder of temporary files; null for the system's
     * @throws CheckpointException if a tokenizer is missing or malformed
     * @throws MergeException if there are no tokenizer settings and the vocabularies differ; if they cannot be united;
     *             or if the recipe names a row that does not exist
     */
    public static AlignedModels of(Recipe recipe, Map<String, Checkpoint> models,
            Function<String, Path> paths, @Nullable Path scratch)
            throws CheckpointException, MergeException {
        var merged = new LinkedHashMap<String, Checkpoint>();
        for (String name : recipe.models()) {
            merged.put(name, Objects.requireNonNull(models.get(name), name));
        }
        Path donor = merged.firstEntry().getValue().directory();
        @Nullable
        Alignment alignment = null;
        TokenizerFiles files;
        if (recipe.tokenizer() == null) {
            requireOneVocabulary(merged);
            files = TokenizerFiles.of(donor, donor);
        } else {
            alignment = Alignment.of(recipe, recipe.tokenizer(), models, paths);
            files = TokenizerFiles.of(donor, alignment.vocabulary().source().directory());
            files.setVocabulary(alignment.vocabulary());
        }
        if (recipe.chatTemplate() != null) {
            String template = TemplateChoice.text(recipe.chatTemplate(),
                    merged.values().stream().map(Checkpoint::directory).toList());
            if (template != null) {
                files.setTemplate(template);
            }
        }
        ModelCompanions companions = files.build();
        if (alignment == null) {
            return new AlignedModels(merged, List.of(), companions);
        }
        Map<String, Checkpoint> derived = alignment.derive(merged, scratch);
        return new AlignedModels(derived, List.copyOf(derived.values()), companions);
    }

    private static void requireOneVocabulary(Map<String, Checkpoint> models)
            throws CheckpointException, MergeException {
        String difference = SharedVocabulary.difference(models);
        if (difference != null) {
            throw new MergeException(MergeException.Kind.VOCABULARY, difference,
                    "Write tokenizer_source: union into the recipe, so that each token keeps its row; "
                            + "or tokenizer_source: base to keep only the base's tokens.");
        }
    }

    /** The merged models by name, in the recipe's order. */
    public Map<String, Checkpoint> parents() {
        return parents;
    }

    /** The files beside the merged weights. */
    public ModelCompanions companions() {
        return companions;
    }

    /** Closes what was derived, but not the models. */
    @Override
    public void close() {
        derived.forEach(Checkpoint::close);
    }
}
