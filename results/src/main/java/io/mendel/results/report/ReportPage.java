package io.mendel.results.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** Puts the parts of a report together. */
final class ReportPage {
    private final ReportData data;
    private final List<Trial> trials;
    private final StringBuilder out = new StringBuilder();

    ReportPage(ReportData data) {
        this.data = data;
        this.trials = Trial.of(data);
    }

    String html() {
        var contents = data.contents();
        var name = Html.escape(contents.info().name());
        out.append(
                """
                        <!doctype html>
                        <html lang="en">
                        <head>
                        <meta charset="utf-8">
                        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
                        script-src 'unsafe-inline'">
                        <meta name="viewport" content="width=device-width, initial-scale=1">
                        <meta name="color-scheme" content="light dark">
                        """)
                .append("<title>")
                .append(name)
                .append(" – Mendel</title>\n<style>\n")
                .append(resource("report.css"))
                .append("</style>\n</head>\n<body>\n");
        var rows = Contender.of(data);
        header(name);
        var comparison = new ComparisonTable(contents.info(), rows);
        section("Result",
                "<p class=\"key\">" + KeyResult.html(data, rows) + "</p>\n" + paired(data)
                        + comparison.html());
        section("Trade-offs", new FrontPlots(data, trials).html());
        var paths = new PathPicture(trials);
        if (!paths.isEmpty()) {
            section("Paths", paths.html());
        }
        section("Progress", new ProgressPlots(data, trials).html());
        section("Genes", new GenePlot(data, trials).html());
        winner();
        var tables = new CandidateTables(data, trials);
        section("Archive", tables.archive());
        var failures = tables.failures();
        if (!failures.isEmpty()) {
            section("Failed candidates", failures);
        }
        var metrics = comparison.allMetrics();
        if (!metrics.isEmpty()) {
            out.append("<details><summary>All metrics</summary>\n")
                    .append(metrics)
                    .append("</details>\n");
        }
        out.append("<details><summary>Campaign file</summary>\n<pre>")
                .append(Html.escape(contents.info().yaml()))
                .append("</pre></details>\n<div id=\"tip\" role=\"status\" hidden></div>\n<script type=\"application/json\" id=\"tips\">")
                .append(tips())
                .append("</script>\n<script>\n")
                .append(resource("report.js"))
                .append("</script>\n</body>\n</html>\n");
        return out.toString();
    }

    private void header(String name) {
        var contents = data.contents();
        out.append("<header>\n<h1>").append(name).append("</h1>\n<dl>");
        fact("state", "<span class=\"state\">" + data.state().name().toLowerCase(Locale.ROOT)
                + "</span>");
        fact("evaluations", Integer.toString(contents.evaluated()));
        fact("failed", Integer.toString(contents.failed()));
        fact("generations", Integer.toString(contents.history().size()));
        fact("archive", Long.toString(trials.stream().filter(Trial::inArchive).count()));
        fact("hypervolume", Figures.of(data.hypervolume()));
        fact("seed", Long.toString(contents.info().seed()));
        if (!contents.elapsed().isZero()) {
            fact("time", contents.elapsed().toHours() + " h " + contents.elapsed().toMinutesPart()
                    + " min");
        }
        if (contents.racing().raced() > 0) {
            fact("raced out", Integer.toString(contents.raced()));
            fact("item scorings saved", "%.0f %%".formatted(100 * contents.racing().share()));
        }
        if (contents.layerRuns().saved() > 0) {
            fact("layer runs saved", "%.0f %%".formatted(100 * contents.layerRuns().share()));
        }
        out.append("</dl>\n<p class=\"models\">");
        for (var parent : contents.info().parents()) {
            out.append("<span>")
                    .append(Html.escape(parent.name()))
                    .append(" <code>")
                    .append(Html.escape(Html.cut(parent.digest(), 13)))
                    .append("</code></span> ");
        }
        out.append("</p>\n</header>\n");
    }

    private void fact(String term, String markup) {
        out.append("<div><dt>")
                .append(term)
                .append("</dt><dd>")
                .append(markup)
                .append("</dd></div>");
    }

    private void section(String heading, String markup) {
        out.append("<section>\n<h2>")
                .append(heading)
                .append("</h2>\n")
                .append(markup)
                .append("</section>\n");
    }

    private void winner() {
        var recipe = data.winnerRecipe();
        if (recipe == null) {
            return;
        }
        var winner = data.contents().winner();
        var note = new StringBuilder();
        if (winner != null && !winner.validation().isEmpty()) {
            note.append("<p>On the validation items, which picked it among the archive: ");
            var parts = new ArrayList<String>();
            for (var objective : data.contents().info().objectives()) {
                var task = objective.task();
                if (task != null
                        && !Double.isNaN(winner.validation().value(task, objective.metric()))) {
                    parts.add(Html.escape(objective.name()) + " "
                            + Figures.of(winner.validation().value(task, objective.metric()),
                                    winner.validation().stderr(task, objective.metric())));
                }
            }
            note.append(String.join(", ", parts)).append(".</p>\n");
        }
        section("Winner’s recipe", note + "<pre>" + Html.escape(recipe) + "</pre>\n");
    }

    /** What is shown when the pointer rests on a candidate, as JSON that cannot end its script element. */
    private String tips() {
        var root = new ObjectMapper().createObjectNode();
        for (var trial : trials) {
            var text = new StringBuilder("candidate ").append(trial.id())
                    .append(trial.winner() ? ", the winner" : "")
                    .append("\ngeneration ")
                    .append(trial.candidate().generation())
                    .append(", ")
                    .append(trial.candidate().origin());
            if (Double.isFinite(trial.main())) {
                text.append("\nmain ").append(Figures.of(trial.main()));
            }
            trial.objectives()
                    .forEach((name, value) -> text.append('\n')
                            .append(name)
                            .append(' ')
                            .append(Figures.of(value)));
            root.put(Long.toString(trial.id()), text.toString());
        }
        return root.toString()
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026");
    }

    private static String resource(String name) {
        try (var stream = Objects.requireNonNull(ReportPage.class.getResourceAsStream(name),
                name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Paired tests on the held-out items: intervals and p-values, which the table's separate errors do not give. */
    private static String paired(ReportData data) {
        if (data.comparisons().isEmpty()) {
            return "";
        }
        var out = new StringBuilder("<p>Item by item, the winner is ");
        for (int i = 0; i < data.comparisons().size(); i++) {
            out.append(i == 0 ? "" : "; ").append(Html.escape(data.comparisons().get(i).text()));
        }
        return out.append(" (95 % bootstrap interval, permutation test).</p>\n").toString();
    }
}
