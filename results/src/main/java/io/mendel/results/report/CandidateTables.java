package io.mendel.results.report;

import io.mendel.results.Outcome;
import io.mendel.results.pareto.Direction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The archive as a sortable table, and the candidates that failed. */
final class CandidateTables {
    private static final int MOST_FAILURES = 200;

    private final ReportData data;
    private final List<Trial> trials;

    CandidateTables(ReportData data, List<Trial> trials) {
        this.data = data;
        this.trials = trials;
    }

    String archive() {
        var rows = trials.stream()
                .filter(trial -> trial.inArchive() || trial.winner())
                .sorted(Comparator.comparingDouble((Trial trial) -> Double.isNaN(trial.main())
                        ? Double.POSITIVE_INFINITY
                        : -trial.main()).thenComparingLong(Trial::id))
                .toList();
        if (rows.isEmpty()) {
            return "<p class=\"empty\">The archive is empty.</p>\n";
        }
        var objectives = data.contents().info().objectives();
        boolean main = rows.stream().anyMatch(trial -> Double.isFinite(trial.main()));
        var headings = new ArrayList<>(List.of("candidate"));
        if (main) {
            headings.add("main");
        }
        objectives.forEach(objective -> headings.add(objective.name()
                + (objective.direction() == Direction.MAXIMIZE ? " ↑" : " ↓")));
        headings.addAll(List.of("generation", "origin", "recipe"));
        var out = new StringBuilder(
                "<div class=\"scroll\"><table class=\"numbers sortable\"><thead><tr>");
        for (var heading : headings) {
            boolean text = heading.equals("origin") || heading.equals("recipe");
            out.append(text ? "<th class=\"text\">" : "<th>")
                    .append("<button type=\"button\">")
                    .append(Html.escape(Html.cut(heading, 30)))
                    .append("</button></th>");
        }
        out.append("</tr></thead>\n<tbody>\n");
        for (var trial : rows) {
            out.append(trial.winner() ? "<tr class=\"winner\"" : "<tr")
                    .append(" data-id=\"")
                    .append(trial.id())
                    .append("\">");
            cell(out, (double) trial.id(), trial.id() + (trial.winner() ? " ★" : ""));
            if (main) {
                cell(out, trial.main(), Figures.of(trial.main()));
            }
            objectives.forEach(objective -> cell(out, trial.objective(objective.name()),
                    Figures.of(trial.objective(objective.name()))));
            cell(out, trial.candidate().generation(),
                    Integer.toString(trial.candidate().generation()));
            out.append("<td class=\"text\">")
                    .append(Html.escape(trial.candidate().origin()))
                    .append("</td><td class=\"text\"><code>")
                    .append(Html.escape(Html.cut(trial.candidate().recipeDigest(), 13)))
                    .append("</code></td></tr>\n");
        }
        return out.append("</tbody></table></div>\n").toString();
    }

    private static void cell(StringBuilder out, double value, String text) {
        out.append("<td data-v=\"").append(value).append("\">").append(text).append("</td>");
    }

    /** The failed candidates with their reasons; empty if none failed. */
    String failures() {
        var contents = data.contents();
        var out = new StringBuilder();
        int count = 0;
        for (var candidate : contents.candidates()) {
            if (contents.outcome(candidate) instanceof Outcome.Failed(var reason)
                    && count++ < MOST_FAILURES) {
                out.append("<tr><td>")
                        .append(candidate.id())
                        .append("</td><td>")
                        .append(candidate.generation())
                        .append("</td><td class=\"text\">")
                        .append(Html.escape(candidate.origin()))
                        .append("</td><td class=\"text\">")
                        .append(Html.escape(Html.cut(reason, 400)))
                        .append("</td></tr>\n");
            }
        }
        if (count == 0) {
            return "";
        }
        return "<div class=\"scroll\"><table class=\"numbers\"><thead><tr><th>candidate</th><th>generation</th><th class=\"text\">origin</th>"
                + "<th class=\"text\">reason</th></tr></thead>\n<tbody>\n" + out
                + "</tbody></table></div>\n"
                + (count > MOST_FAILURES
                        ? "<p class=\"note\">The first " + MOST_FAILURES + " of " + count
                                + ".</p>\n"
                        : "");
    }
}
