package io.mendel.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.merge.ModelComparison;
import io.mendel.merge.ModelComparison.Group;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;

/** Shows how models differ, for {@code mendel inspect A B…}. */
final class ComparisonText {

    private ComparisonText() {}

    /**
     * Compares models.
     *
     * @param byTensor whether people see a line for each tensor, too
     */
    static Inspection inspect(List<Path> paths, boolean byTensor) throws CheckpointException {
        var models = new LinkedHashMap<String, Checkpoint>();
        try {
            for (Path path : paths) {
                if (!models.containsKey(path.toString())) {
                    models.put(path.toString(), Checkpoint.open(path));
                }
            }
            var comparison = ModelComparison.of(models,
                    Runtime.getRuntime().availableProcessors());
            return new Inspection(json(comparison), text(comparison, byTensor));
        } finally {
            models.values().forEach(Checkpoint::close);
        }
    }

    private static ObjectNode json(ModelComparison comparison) {
        ObjectNode json = JsonOutput.object().put("kind", "comparison");
        comparison.models().forEach(json.putArray("models")::add);
        put(json.putArray("groups"), comparison.groups());
        put(json.putArray("tensors"), comparison.tensors());
        ArrayNode overlaps = json.putArray("overlaps");
        comparison.overlaps()
                .forEach(overlap -> overlaps.addObject()
                        .put("a", name(comparison, overlap.first()))
                        .put("b", name(comparison, overlap.second()))
                        .put("cosine", overlap.cosine())
                        .put("tensors", overlap.count())
                        .put("largest", overlap.largest().name()));
        ObjectNode unmatched = json.putObject("unmatched");
        comparison.unmatched().forEach(unmatched::put);
        return json;
    }

    /** The model of a delta. */
    private static String name(ModelComparison comparison, int delta) {
        return comparison.models().get(delta + 1);
    }

    private static void put(ArrayNode array, List<Group> groups) {
        for (Group group : groups) {
            ObjectNode node = array.addObject()
                    .put("name", group.name())
                    .put("elements", group.elements())
                    .put("norm", group.norm());
            group.deltaNorms().forEach(node.putArray("delta_norms")::add);
            group.cosines().forEach(node.putArray("cosines")::add);
            ArrayNode rows = node.putArray("delta_cosines");
            group.deltaCosines().forEach(row -> row.forEach(rows.addArray()::add));
        }
    }

    private static String text(ModelComparison comparison, boolean byTensor) {
        var text = new StringBuilder();
        List<String> models = comparison.models();
        text.append("deltas are taken from %s%n".formatted(models.getFirst()));
        for (int m = 1; m < models.size(); m++) {
            text.append("  [%d] %s%n".formatted(m, models.get(m)));
        }
        text.append("%n%-16s %10s %10s".formatted("", "weights", "norm"));
        for (int m = 1; m < models.size(); m++) {
            text.append("  %9s %8s".formatted("|d" + m + "|/norm", "cos " + m));
        }
        for (int a = 1; a < models.size(); a++) {
            for (int b = a + 1; b < models.size(); b++) {
                text.append(" %9s".formatted("cos d" + a + "d" + b));
            }
        }
        text.append("%n".formatted());
        comparison.groups().forEach(group -> append(text, group));
        if (byTensor) {
            text.append("%n".formatted());
            comparison.tensors().forEach(tensor -> append(text, tensor));
        }
        comparison.overlaps()
                .forEach(overlap -> text.append(
                        "d%d and d%d are not independent: the cosine is %.2f over all weights, above %.1f in %d of %d tensors, %.2f in %s; where they are summed, what they share counts twice%n"
                                .formatted(overlap.first() + 1, overlap.second() + 1,
                                        overlap.cosine(), ModelComparison.INDEPENDENT,
                                        overlap.count(), comparison.tensors().size(),
                                        overlap.largest()
                                                .deltaCosines()
                                                .get(overlap.first())
                                                .get(overlap.second()),
                                        overlap.largest().name())));
        comparison.unmatched()
                .forEach((tensor, why) -> text
                        .append("not compared: %s (%s)%n".formatted(tensor, why)));
        return text.toString();
    }

    private static void append(StringBuilder text, Group group) {
        text.append("%-16s %10d %10.4g".formatted(group.name(), group.elements(), group.norm()));
        int others = group.deltaNorms().size();
        for (int m = 0; m < others; m++) {
            double relative = group.norm() == 0 ? 0 : group.deltaNorms().get(m) / group.norm();
            text.append("  %9.5f %8.5f".formatted(relative, group.cosines().get(m)));
        }
        for (int a = 0; a < others; a++) {
            for (int b = a + 1; b < others; b++) {
                text.append(" %9.4f".formatted(group.deltaCosines().get(a).get(b)));
            }
        }
        text.append("%n".formatted());
    }
}
