package io.mendel.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.Adapter;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.SafetensorsFile;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.WeightLayout;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.runtime.Tokenizer;
import io.mendel.space.DocumentException;
import io.mendel.space.MergeSequence;
import io.mendel.space.MergekitReader;
import io.mendel.space.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code mendel inspect} found out.
 *
 * @param json the whole of it
 * @param text the same for people
 */
record Inspection(ObjectNode json, String text) {

    static Inspection model(Path path) throws CheckpointException {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            DecoderConfig config = DecoderConfig.of(checkpoint);
            WeightLayout.verify(checkpoint, config);
            checkpoint.requireFinite();
            String tokenizer = tokenizer(path);
            ObjectNode json = JsonOutput.object()
                    .put("kind", "model")
                    .put("architecture", config.architecture())
                    .put("layers", config.layers())
                    .put("parameters", parameters(checkpoint.tensors().values()))
                    .put("hidden_size", config.hiddenSize())
                    .put("vocab_size", config.vocabSize())
                    .put("tied_embeddings", config.tiedEmbeddings())
                    .put("tokenizer", tokenizer)
                    .put("digest", checkpoint.digest());
            tensors(json, checkpoint.tensors().values());
            return new Inspection(json, text(json, checkpoint.tensors().values()));
        }
    }

    /** A model without a tokenizer is fine until it is scored; a broken one never is. */
    private static String tokenizer(Path path) throws CheckpointException {
        if (!Files.exists(path.resolve("tokenizer.json"))
                && !Files.exists(path.resolve("tokenizer_config.json"))) {
            return "none";
        }
        Tokenizer.open(path).close();
        return "ok";
    }

    static Inspection file(Path path) throws CheckpointException {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            var infos = file.tensors().values().stream().map(Tensor::info).toList();
            ObjectNode json = JsonOutput.object()
                    .put("kind", "safetensors")
                    .put("parameters", parameters(infos));
            tensors(json, infos);
            return new Inspection(json, text(json, infos));
        }
    }

    static Inspection adapter(Path path, @Nullable Path base)
            throws CheckpointException, DocumentException {
        if (base == null) {
            throw new DocumentException(path.toString(), "",
                    "an adapter can only be checked against its base model.",
                    "Name the model with --base MODEL.");
        }
        try (Checkpoint model = Checkpoint.open(base);
                Adapter adapter = Adapter.open(path, model)) {
            ObjectNode json = JsonOutput.object()
                    .put("kind", "adapter")
                    .put("base", base.toString())
                    .put("adapted_tensors", adapter.deltas().size());
            adapter.deltas().keySet().forEach(json.putArray("tensors")::add);
            return new Inspection(json,
                    "adapter of %d tensors of %s%n".formatted(adapter.deltas().size(), base));
        }
    }

    static Inspection recipe(Path path) throws DocumentException {
        MergeSequence sequence = MergekitReader.readAll(InputFiles.text(path), path.toString());
        ObjectNode json = put(JsonOutput.object().put("kind", "recipe"), sequence.output());
        var text = new StringBuilder();
        if (!sequence.intermediates().isEmpty()) {
            ArrayNode recipes = json.putArray("recipes");
            sequence.steps()
                    .forEach(step -> put(recipes.addObject().put("name", step.name()),
                            step.recipe()));
            sequence.intermediates()
                    .forEach(step -> text.append("%s: ".formatted(step.name()))
                            .append(text(step.recipe())));
        }
        return new Inspection(json, text.append("recipe: ")
                .append(text(sequence.output()))
                .toString());
    }

    private static ObjectNode put(ObjectNode node, Recipe recipe) {
        node.put("method", recipe.method().name()).put("digest", recipe.digest());
        recipe.models().forEach(node.putArray("models")::add);
        return node;
    }

    private static String text(Recipe recipe) {
        return "%s of %s%ndigest %s%n".formatted(recipe.method().name(),
                String.join(", ", recipe.models()), recipe.digest());
    }

    static Inspection campaign(Path path) throws StoreException {
        try (CampaignStore store = CampaignStore.read(path)) {
            var contents = store.contents();
            ObjectNode json = JsonOutput.object()
                    .put("kind", "campaign")
                    .put("name", store.info().name())
                    .put("state", store.state().name().toLowerCase(Locale.ROOT))
                    .put("evaluations", contents.evaluated())
                    .put("digest", store.contentDigest());
            return new Inspection(json,
                    "campaign %s: %d evaluations, %s%n".formatted(store.info().name(),
                            contents.evaluated(), json.get("state").asText()));
        }
    }

    private static long parameters(Collection<TensorInfo> tensors) {
        return tensors.stream()
                .filter(tensor -> tensor.dtype().isFloat())
                .mapToLong(TensorInfo::elements)
                .sum();
    }

    private static void tensors(ObjectNode json, Collection<TensorInfo> tensors) {
        ArrayNode array = json.putArray("tensors");
        for (TensorInfo tensor : tensors) {
            ArrayNode shape = array.addObject()
                    .put("name", tensor.name())
                    .put("dtype", tensor.dtype().name())
                    .putArray("shape");
            tensor.shape().forEach(shape::add);
        }
    }

    private static String text(ObjectNode json, Collection<TensorInfo> tensors) {
        var text = new StringBuilder();
        json.properties().forEach(entry -> {
            if (entry.getValue().isValueNode()) {
                text.append("%-16s %s%n".formatted(entry.getKey(), entry.getValue().asText()));
            }
        });
        for (TensorInfo tensor : tensors) {
            text.append("%-60s %-5s %s%n".formatted(tensor.name(), tensor.dtype(), tensor.shape()));
        }
        return text.toString();
    }
}
