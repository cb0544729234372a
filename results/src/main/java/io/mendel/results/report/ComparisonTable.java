package io.mendel.results.report;

import io.mendel.results.Baseline;
import io.mendel.results.CampaignInfo;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Scores;
import io.mendel.results.pareto.Direction;
import io.mendel.results.report.Contender.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The winner beside its baselines, on the search items and on the test items. */
final class ComparisonTable {
    private final CampaignInfo info;
    private final List<Contender> rows;

    ComparisonTable(CampaignInfo info, List<Contender> rows) {
        this.info = info;
        this.rows = rows;
    }

    /** A column: where its number, and the number's error, come from. */
    private record Column(String heading, String detail, Direction direction,
            ToDoubleFunction<Contender> value,
            ToDoubleFunction<Contender> stderr, boolean first) {}

    String html() {
        if (rows.isEmpty()) {
            return "<p class=\"empty\">Neither a winner nor a baseline has been measured yet.</p>\n";
        }
        var out = new StringBuilder(
                "<div class=\"scroll\"><table class=\"numbers\">\n<thead><tr><th rowspan=\"2\">model</th>");
        var columns = new ArrayList<Column>();
        boolean tested = rows.stream().anyMatch(row -> !row.heldOut().scores().isEmpty());
        if (tested) {
            addGroup(out, columns, "held-out test items", Contender::heldOut);
        }
        addGroup(out, columns, "search items", Contender::search);
        out.append("</tr>\n<tr>");
        for (var column : columns) {
            out.append("<th")
                    .append(column.first() ? " class=\"first\"" : "")
                    .append('>')
                    .append(Html.escape(Html.cut(column.heading(), 24)))
                    .append("<small>")
                    .append(Html.escape(column.detail()))
                    .append("</small></th>");
        }
        out.append("</tr></thead>\n<tbody>\n");
        for (var row : rows) {
            out.append(row.kind() == null ? "<tr class=\"winner\">" : "<tr>")
                    .append("<th scope=\"row\">")
                    .append(Html.escape(row.name()))
                    .append("<small>")
                    .append(describe(row.kind()))
                    .append("</small></th>");
            for (var column : columns) {
                append(out, column, row);
            }
            out.append("</tr>\n");
        }
        out.append(
                "</tbody></table></div>\n<p class=\"note\">The best of each column is in bold; ± is one standard error.");
        if (tested) {
            out.append(
                    " Only the test items compare fairly: the search picked its winner on the search items.");
        } else {
            out.append(" The test items are scored at the end of the campaign.");
        }
        return out.append("</p>\n").toString();
    }

    private void addGroup(StringBuilder out, List<Column> columns, String heading,
            Function<Contender, Side> side) {
        boolean main = rows.stream().anyMatch(row -> Double.isFinite(side.apply(row).main()));
        int width = info.objectives().size() + (main ? 1 : 0);
        out.append("<th class=\"group first\" colspan=\"")
                .append(width)
                .append("\">")
                .append(heading)
                .append("</th>");
        if (main) {
            columns.add(new Column("main", Html.cut(info.main(), 40), Direction.MAXIMIZE,
                    row -> side.apply(row).main(),
                    row -> side.apply(row).mainStderr(), true));
        }
        for (var objective : info.objectives()) {
            columns.add(new Column(objective.name(), source(objective), objective.direction(),
                    row -> side.apply(row).value(objective.name()),
                    row -> side.apply(row).stderr(objective.name()),
                    !main && objective.equals(info.objectives().getFirst())));
        }
    }

    static String source(ObjectiveDefinition objective) {
        var task = objective.task();
        return (task == null ? "" : Html.cut(task, 24) + " ") + Html.cut(objective.metric(), 24)
                + (objective.direction() == Direction.MAXIMIZE ? " ↑" : " ↓");
    }

    private void append(StringBuilder out, Column column, Contender row) {
        double value = column.value().applyAsDouble(row);
        boolean best = Double.isFinite(value) && rows.size() > 1
                && rows.stream()
                        .noneMatch(other -> column.direction()
                                .better(column.value().applyAsDouble(other), value));
        double stderr = column.stderr().applyAsDouble(row);
        out.append("<td")
                .append(column.first() ? " class=\"first\"" : "")
                .append('>')
                .append(best ? "<b>" : "")
                .append(Figures.of(value))
                .append(best ? "</b>" : "");
        if (Double.isFinite(value) && Double.isFinite(stderr)) {
            out.append("<small>± ").append(Figures.of(stderr)).append("</small>");
        }
        out.append("</td>");
    }

    private static String describe(Baseline.@Nullable Kind kind) {
        return switch (kind) {
            case null -> "bred by this campaign";
            case PARENT -> "parent";
            case UNIFORM -> "plain average of the parents";
            case RECIPE -> "textbook recipe";
            case RANDOM -> "random search, equal budget";
        };
    }

    /** Every metric measured, task by task; empty if there is none. */
    String allMetrics() {
        var out = new StringBuilder();
        addMetrics(out, "held-out test items", row -> row.heldOut().scores());
        addMetrics(out, "search items", row -> row.search().scores());
        return out.toString();
    }

    private void addMetrics(StringBuilder out, String heading, Function<Contender, Scores> scores) {
        var tasks = new TreeSet<String>();
        rows.forEach(row -> tasks.addAll(scores.apply(row).tasks().keySet()));
        if (tasks.isEmpty()) {
            return;
        }
        out.append("<h3>")
                .append(capital(heading))
                .append("</h3>\n<div class=\"scroll\"><table class=\"numbers\"><thead><tr>")
                .append("<th>task</th><th class=\"text\">metric</th>");
        rows.forEach(row -> out.append("<th>").append(Html.escape(row.name())).append("</th>"));
        out.append("</tr></thead>\n<tbody>\n");
        for (var task : tasks) {
            var metrics = new TreeSet<String>();
            rows.forEach(row -> {
                var values = scores.apply(row).tasks().get(task);
                if (values != null) {
                    metrics.addAll(values.keySet());
                }
            });
            metrics.removeIf(Scores::isStderr);
            for (var metric : metrics) {
                out.append("<tr><th>")
                        .append(Html.escape(task))
                        .append("</th><th>")
                        .append(Html.escape(metric))
                        .append("</th>");
                rows.forEach(row -> out.append("<td>")
                        .append(Figures.of(scores.apply(row).value(task, metric),
                                scores.apply(row).stderr(task, metric)))
                        .append("</td>"));
                out.append("</tr>\n");
            }
        }
        out.append("</tbody></table></div>\n");
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
