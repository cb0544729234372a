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

    static Inspection inspect(List<Path> paths) throws CheckpointException {
        var models = new LinkedHashMap<String, Checkpoint>();
        try {
            for (Path path : paths) {
                if (!models.containsKey(path.toString())) {
                    models.put(path.toString(), Checkpoint.open(path));
                }
            }
            var comparison = ModelComparison.of(models,
                    Runtime.getRuntime().availableProcessors());
            return new Inspection(json(comparison), text(comparison));
        } finally {
            models.values().forEach(Checkpoint::close);
        }
    }

    private static ObjectNode json(ModelComparison comparison) {
        ObjectNode json = JsonOutput.object().put("kind", "comparison");
        comparison.models().forEach(json.putArray("models")::add);
        ArrayNode groups = json.putArray("groups");
        for (Group group : comparison.groups()) {
            ObjectNode node = groups.addObject()
                    .put("name", group.name())
                    .put("elements", group.elements())
                    .put("norm", group.norm());
            group.deltaNorms().forEach(node.putArray("delta_norms")::add);
            group.cosines().forEach(node.putArray("cosines")::add);
            ArrayNode rows = node.putArray("delta_cosines");
            group.deltaCosines().forEach(row -> row.forEach(rows.addArray()::add));
        }
        ObjectNode unmatched = json.putObject("unmatched");
        comparison.unmatched().forEach(unmatched::put);
        return json;
    }

    private static String text(ModelComparison comparison) {
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
