package io.mendel.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DerivedTensor;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.space.LateLogger;
import io.mendel.space.Recipe;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Cuts embeddings and heads of more rows than others have, as mergekit does without being asked for a tokenizer: to the
 * fewest rows, or, for methods on deltas, to the base's.
 */
final class EmbeddingCut {

    private static final System.Logger LOGGER = LateLogger.of(EmbeddingCut.class);
    private static final Set<String> TO_FEWEST = Set.of("linear", "slerp", "nuslerp",
            "model_stock", "arcee_fusion");

    private EmbeddingCut() {}

    /** The first rows of a matrix. */
    private record FirstRows(Tensor whole, TensorInfo info,
            String fingerprint) implements DerivedTensor {
        @Override
        public void compute(long firstRow, MemorySegment target) {
            long rowBytes = info.byteSize() / info.shape().getFirst();
            target.copyFrom(whole.data().asSlice(firstRow * rowBytes, target.byteSize()));
        }
    }

    /** Replaces the models that have too many rows. */
    static void apply(Recipe recipe, Map<String, Checkpoint> models, @Nullable Path scratch) {
        long limit = limit(recipe, models);
        for (var entry : models.entrySet()) {
            Checkpoint model = entry.getValue();
            var cut = new ArrayList<DerivedTensor>();
            for (TensorInfo info : embeddings(model)) {
                if (info.shape().getFirst() > limit) {
                    cut.add(new FirstRows(model.tensor(info.name()),
                            new TensorInfo(info.name(), info.dtype(),
                                    List.of(limit, info.shape().getLast())),
                            "first rows of " + model.digest()));
                }
            }
            if (!cut.isEmpty()) {
                LOGGER.log(Level.WARNING,
                        "The embedding of {0} is cut to the {1} rows that all models have; tokenizer_source: union would keep all tokens.",
                        entry.getKey(), Long.toString(limit));
                entry.setValue(model.derive(config(model, limit), cut, scratch, model::close));
            }
        }
    }

    private static JsonNode config(Checkpoint model, long rows) {
        ObjectNode config = model.config().deepCopy();
        if (config.has("vocab_size")) {
            config.put("vocab_size", rows);
        }
        if (config.get("text_config") instanceof ObjectNode text && text.has("vocab_size")) {
            text.put("vocab_size", rows);
        }
        return config;
    }

    private static long limit(Recipe recipe, Map<String, Checkpoint> models) {
        String base = recipe.base();
        boolean toBase = recipe.method().needsBase() && base != null && models.containsKey(base)
                && !TO_FEWEST.contains(recipe.method().name());
        return models.entrySet()
                .stream()
                .filter(entry -> !toBase || entry.getKey().equals(base))
                .flatMap(entry -> embeddings(entry.getValue()).stream())
                .mapToLong(info -> info.shape().getFirst())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private static List<TensorInfo> embeddings(Checkpoint model) {
        SortedMap<String, TensorInfo> tensors = model.tensors();
        var found = new ArrayList<TensorInfo>();
        String embedding = ParentLayout.embedding(tensors.keySet());
        for (String tensor : embedding == null
                ? List.of(ParentLayout.HEAD)
                : List.of(embedding, ParentLayout.HEAD)) {
            TensorInfo info = tensors.get(tensor);
            if (info != null && info.shape().size() == 2) {
                found.add(info);
            }
        }
        return found;
    }
}
