package io.mendel.merge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.Adapter;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.space.ModelReference;
import io.mendel.space.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The opened models of a recipe, by the references that it uses; adapters are merged into their models on the fly.
 *
 * <p>
 * The caller closes them.
 *
 * @since 0.1
 */
public final class Parents implements AutoCloseable {

    private final Map<String, Checkpoint> checkpoints;

    private Parents(Map<String, Checkpoint> checkpoints) {
        this.checkpoints = checkpoints;
    }

    /**
     * Opens all of them; {@link #requireFinite} reads what they hold.
     *
     * @param references the models as the recipe spells them
     * @param paths where the model or adapter of a name is
     * @param scratch the folder of temporary files; null for the system's
     * @throws CheckpointException if a model or adapter cannot be used, or a reference names a revision
     */
    public static Parents open(Collection<String> references, Function<String, Path> paths,
            @Nullable Path scratch) throws CheckpointException {
        var parents = new Parents(new LinkedHashMap<>());
        boolean opened = false;
        try {
            for (String reference : references) {
                Checkpoint checkpoint = open(reference, paths, scratch);
                parents.checkpoints.put(reference, checkpoint);
            }
            opened = true;
            return parents;
        } finally {
            if (!opened) {
                parents.close();
            }
        }
    }

    /**
     * Makes sure that no weight is NaN or infinite; reads all of them.
     *
     * @throws CheckpointException if one is
     */
    public void requireFinite() throws CheckpointException {
        for (Checkpoint checkpoint : checkpoints.values()) {
            checkpoint.requireFinite();
        }
    }

    /**
     * Makes sure that no weight that a plan needs is NaN or infinite; reads all of them.
     *
     * @param plan a plan made from these models, or from models of the same names derived from them
     * @param unread folders of models that have no weights yet
     * @throws CheckpointException if one is, naming the first, whatever the threads
     */
    public void requireFinite(MergePlan plan, Set<Path> unread) throws CheckpointException {
        Map<String, Set<String>> merged = plan.tensors()
                .values()
                .stream()
                .flatMap(merge -> merge.inputs().stream())
                .collect(Collectors.groupingBy(TensorInput::model,
                        Collectors.mapping(TensorInput::tensor, Collectors.toSet())));
        for (var parent : checkpoints.entrySet()) {
            Checkpoint checkpoint = parent.getValue();
            if (unread.contains(checkpoint.directory())) {
                continue;
            }
            // A model that is not merged may lend rows to the others.
            Set<String> needed = merged.getOrDefault(parent.getKey(),
                    plan.recipe().tokenizer() == null
                            ? Set.of()
                            : checkpoint.tensors().keySet());
            checkpoint.requireFinite(
                    checkpoint.tensors().keySet().stream().filter(needed::contains).toList());
        }
    }

    /**
     * Opens the models of a recipe. Where they have embeddings of different sizes, and the recipe says nothing about the
     * tokenizer, the larger ones are cut: to the fewest rows, or, for methods on deltas, to the base's.
     *
     * @param recipe the recipe
     * @param paths where the model or adapter of a name is
     * @param scratch the folder of temporary files; null for the system's
     * @throws CheckpointException if a model or adapter cannot be used, or a reference names a revision
     */
    public static Parents open(Recipe recipe, Function<String, Path> paths,
            @Nullable Path scratch) throws CheckpointException {
        Parents parents = open(recipe.models(), paths, scratch);
        if (recipe.tokenizer() == null) {
            EmbeddingCut.apply(recipe, parents.checkpoints, scratch);
        }
        return parents;
    }

    /**
     * Opens one model; its weights are not read.
     *
     * @param reference the model as a recipe spells it
     * @param paths where the model or adapter of a name is
     * @param scratch the folder of temporary files; null for the system's
     * @return the model; the caller closes it
     * @throws CheckpointException if the model or adapter cannot be used, or the reference names a revision
     */
    public static Checkpoint open(String reference, Function<String, Path> paths,
            @Nullable Path scratch) throws CheckpointException {
        ModelReference parts = parse(reference, paths);
        Checkpoint model = Checkpoint.open(folder(parts.model(), parts.revision(), paths));
        if (parts.adapter() == null && parts.architecture() == null) {
            return model;
        }
        boolean opened = false;
        try {
            ObjectNode config = model.config().deepCopy();
            if (parts.architecture() != null) {
                config.putArray("architectures").add(parts.architecture());
            }
            Checkpoint derived = parts.adapter() == null
                    ? model.derive(config, Collections.emptyList(), scratch, model::close)
                    : adapted(model, config,
                            folder(parts.adapter(), parts.adapterRevision(), paths), scratch);
            opened = true;
            return derived;
        } finally {
            if (!opened) {
                model.close();
            }
        }
    }

    private static ModelReference parse(String reference, Function<String, Path> paths)
            throws CheckpointException {
        try {
            return ModelReference.of(reference);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(Kind.MISSING, paths.apply(reference),
                    String.valueOf(e.getMessage()),
                    "Write 'model' or 'model+adapter'; rename folders that have '+' or '@' in their names.",
                    e);
        }
    }

    private static Checkpoint adapted(Checkpoint model, ObjectNode config, Path folder,
            @Nullable Path scratch) throws CheckpointException {
        Adapter adapter = Adapter.open(folder, model);
        var tensors = adapter.deltas()
                .entrySet()
                .stream()
                .map(entry -> new AdaptedTensor(model.tensor(entry.getKey()), model.digest(),
                        entry.getValue()))
                .toList();
        return model.derive(config, tensors, scratch, () -> {
            adapter.close();
            model.close();
        });
    }

    private static Path folder(String name, @Nullable String revision,
            Function<String, Path> paths) throws CheckpointException {
        if (revision == null) {
            return paths.apply(name);
        }
        Path literal = paths.apply(name + "@" + revision);
        if (Files.isDirectory(literal)) {
            return literal;
        }
        throw new CheckpointException(Kind.MISSING, literal,
                "The reference names the revision '" + revision
                        + "', but nothing is ever fetched: only local folders are read.",
                "Download that revision, and write the path of its folder instead.");
    }

    /** The models by reference, in the order given. */
    public Map<String, Checkpoint> checkpoints() {
        return Collections.unmodifiableMap(checkpoints);
    }

    @Override
    public void close() {
        checkpoints.values().forEach(Checkpoint::close);
    }
}
