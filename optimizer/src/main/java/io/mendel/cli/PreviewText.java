package io.mendel.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.campaign.MergePreview;
import io.mendel.checkpoint.DType;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.TreeMap;

/** Shows what {@code mendel merge --dry-run} found out. */
final class PreviewText {

    private PreviewText() {}

    static void print(Terminal terminal, Recipe recipe, Path out, MergePreview preview,
            boolean json) {
        var plan = preview.plan();
        var types = new TreeMap<DType, Integer>();
        plan.tensors()
                .values()
                .forEach(merge -> types.merge(merge.output().dtype(), 1, Integer::sum));
        if (json) {
            ObjectNode node = JsonOutput.object()
                    .put("out", out.toString())
                    .put("method", recipe.method().name())
                    .put("recipe_digest", recipe.digest())
                    .put("layers", plan.layers().size())
                    .put("parameters", preview.parameters())
                    .put("bytes_read", preview.bytesRead())
                    .put("bytes_written", preview.bytesWritten())
                    .put("seconds", preview.seconds());
            recipe.models().forEach(node.putArray("models")::add);
            ArrayNode tensors = node.putArray("tensors");
            plan.tensors().values().forEach(merge -> {
                ObjectNode tensor = tensors.addObject()
                        .put("name", merge.output().name())
                        .put("dtype", merge.output().dtype().name());
                merge.output().shape().forEach(tensor.putArray("shape")::add);
                ArrayNode inputs = tensor.putArray("inputs");
                merge.inputs().forEach(input -> inputs.add(input.model() + ":" + input.tensor()));
            });
            JsonOutput.print(terminal, node);
            return;
        }
        terminal.out()
                .printf("%s of %s%n", recipe.method().name(), String.join(", ", recipe.models()));
        terminal.out()
                .printf("%d layers, %,d weights in %d tensors %s%n", plan.layers().size(),
                        preview.parameters(), plan.tensors().size(), types);
        terminal.out()
                .printf("reads %.1f MB, writes %.1f MB to %s%n", preview.bytesRead() / 1e6,
                        preview.bytesWritten() / 1e6, out);
        terminal.out()
                .printf("about %.1f s of merging (extrapolated from a sample), plus the disk's time; nothing was written%n",
                        preview.seconds());
    }
}
