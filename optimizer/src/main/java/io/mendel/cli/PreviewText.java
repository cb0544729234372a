package io.mendel.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.campaign.MergePreview;
import io.mendel.campaign.SequencePreview;
import io.mendel.checkpoint.DType;
import io.mendel.space.MergeSequence;
import io.mendel.space.MergeSequence.Step;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code mendel merge --dry-run} found out.
 *
 * @param sequence the recipes
 * @param preview what they will do
 * @param out the folder of the output
 * @param kept the folder of intermediate models; null if they will be removed
 */
record PreviewText(MergeSequence sequence, SequencePreview preview, Path out,
        @Nullable Path kept) {

    /** One document: of the output's recipe, with the cost of all; and each recipe if there are several. */
    ObjectNode json() {
        ObjectNode node = JsonOutput.object().put("out", out.toString());
        put(node, sequence.output(), preview.output());
        ArrayNode tensors = node.putArray("tensors");
        preview.output().plan().tensors().values().forEach(merge -> {
            ObjectNode tensor = tensors.addObject()
                    .put("name", merge.output().name())
                    .put("dtype", merge.output().dtype().name());
            merge.output().shape().forEach(tensor.putArray("shape")::add);
            ArrayNode inputs = tensor.putArray("inputs");
            merge.inputs().forEach(input -> inputs.add(input.model() + ":" + input.tensor()));
        });
        if (sequence.steps().size() > 1) {
            node.put("bytes_read", preview.bytesRead())
                    .put("bytes_written", preview.bytesWritten())
                    .put("intermediate_bytes", preview.intermediateBytes())
                    .put("seconds", preview.seconds());
            ArrayNode recipes = node.putArray("recipes");
            for (int i = 0; i < preview.merges().size(); i++) {
                Step step = sequence.steps().get(i);
                put(recipes.addObject().put("name", step.name()), step.recipe(),
                        preview.merges().get(i));
            }
        }
        return node;
    }

    private static void put(ObjectNode node, Recipe recipe, MergePreview merge) {
        node.put("method", recipe.method().name())
                .put("recipe_digest", recipe.digest())
                .put("layers", merge.plan().layers().size())
                .put("parameters", merge.parameters())
                .put("bytes_read", merge.bytesRead())
                .put("bytes_written", merge.bytesWritten())
                .put("seconds", merge.seconds());
        recipe.models().forEach(node.putArray("models")::add);
    }

    /** The same for people. */
    String text() {
        var text = new StringBuilder();
        if (sequence.steps().size() == 1) {
            append(text, sequence.output(), preview.output());
        } else {
            for (int i = 0; i < preview.merges().size(); i++) {
                boolean last = i + 1 == preview.merges().size();
                Step step = sequence.steps().get(i);
                MergePreview merge = preview.merges().get(i);
                text.append(last ? "output: " : step.name() + ": ");
                append(text, step.recipe(), merge);
                text.append("reads %.1f MB, writes %.1f MB, about %.1f s%n%n".formatted(
                        merge.bytesRead() / 1e6, merge.bytesWritten() / 1e6, merge.seconds()));
            }
            text.append("%d recipes, with %.1f MB of intermediate models, %s%n".formatted(
                    preview.merges().size(), preview.intermediateBytes() / 1e6,
                    kept == null ? "removed at the end" : "kept in " + kept));
        }
        return text.append(
                "reads %.1f MB, writes %.1f MB to %s%n".formatted(preview.bytesRead() / 1e6,
                        preview.bytesWritten() / 1e6, out))
                .append("about %.1f s of merging (extrapolated from a sample), plus the disk's time; nothing was written%n"
                        .formatted(preview.seconds()))
                .toString();
    }

    private static void append(StringBuilder text, Recipe recipe, MergePreview merge) {
        var types = new TreeMap<DType, Integer>();
        merge.plan()
                .tensors()
                .values()
                .forEach(tensor -> types.merge(tensor.output().dtype(), 1, Integer::sum));
        text.append("%s of %s%n".formatted(recipe.method().name(),
                String.join(", ", recipe.models())))
                .append("%d layers, %,d weights in %d tensors %s%n".formatted(
                        merge.plan().layers().size(), merge.parameters(),
                        merge.plan().tensors().size(), types));
    }
}
