package io.mendel.cli;

import io.mendel.campaign.CampaignSummary;
import io.mendel.results.Baseline;
import io.mendel.results.Candidate;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Outcome;
import io.mendel.results.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** The tables printed at the end of a campaign and by {@code mendel status}. */
final class ResultTable {

    private ResultTable() {}

    /** A few lines on the campaign's progress. */
    static String progress(CampaignSummary summary) {
        var status = summary.status();
        var racing = status.racing();
        return "%s: %s, %d evaluations (%d failed%s) in %d generations, %d in the archive, hypervolume %.4g%n"
                .formatted(
                        status.campaign(), status.state().name().toLowerCase(Locale.ROOT),
                        status.evaluations(),
                        status.failed(),
                        racing.raced() == 0
                                ? ""
                                : ", %d raced out, %.0f %% of item scorings saved".formatted(
                                        summary.contents().raced(), 100 * racing.share()),
                        summary.contents().history().size(),
                        status.archive().size(), status.hypervolume());
    }

    /** Winner and baselines, on the search items and on the held-out ones; each row with the main objective. */
    static String comparison(CampaignSummary summary) {
        var objectives = summary.contents().info().objectives();
        var rows = new ArrayList<List<String>>();
        var header = new ArrayList<String>(List.of(""));
        header.add("main");
        objectives.forEach(o -> header.add(o.name()));
        header.add("| held-out main");
        objectives.forEach(o -> header.add(o.name()));
        if (showsAccuracy(objectives)) {
            header.add("mean acc");
        }
        rows.add(header);
        var winner = summary.contents().winner();
        if (winner != null) {
            Candidate candidate = summary.contents().candidate(winner.candidate());
            Outcome.Finished finished = candidate == null
                    ? null
                    : summary.contents().finished(candidate);
            rows.add(row("winner (candidate " + winner.candidate() + ")", summary,
                    finished == null ? new TreeMap<>() : finished.objectives(), winner.heldOut()));
        }
        for (Baseline baseline : summary.contents().baselines()) {
            rows.add(row(baseline.name(), summary, baseline.objectives(), baseline.heldOut()));
        }
        return rows.size() == 1 ? "" : align(rows);
    }

    private static List<String> row(String name, CampaignSummary summary,
            SortedMap<String, Double> searched,
            Scores heldOut) {
        var objectives = summary.contents().info().objectives();
        var cells = new ArrayList<String>(List.of(name, number(summary.main(searched))));
        objectives.forEach(o -> cells.add(number(searched.getOrDefault(o.name(), Double.NaN))));
        SortedMap<String, Double> held = heldOut(objectives, searched, heldOut);
        cells.add("| " + number(summary.main(held)));
        objectives.forEach(o -> cells.add(number(held.getOrDefault(o.name(), Double.NaN))));
        if (showsAccuracy(objectives)) {
            cells.add(number(tasks(objectives).stream()
                    .mapToDouble(task -> heldOut.value(task, "acc"))
                    .average()
                    .orElse(Double.NaN)));
        }
        return cells;
    }

    /** Whether the search climbed something smoother than the accuracy that people ask for. */
    private static boolean showsAccuracy(List<ObjectiveDefinition> objectives) {
        return objectives.stream()
                .anyMatch(o -> o.metric().equals("soft_acc")
                        || o.metric().equals("choice_probability"));
    }

    private static List<String> tasks(List<ObjectiveDefinition> objectives) {
        return objectives.stream()
                .map(ObjectiveDefinition::task)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
    }

    /** The objectives on the held-out items; measures of the model itself are the same there. */
    private static SortedMap<String, Double> heldOut(List<ObjectiveDefinition> objectives,
            SortedMap<String, Double> searched, Scores scores) {
        var values = new TreeMap<String, Double>();
        for (ObjectiveDefinition objective : objectives) {
            String task = objective.task();
            values.put(objective.name(),
                    task == null
                            ? searched.getOrDefault(objective.name(), Double.NaN)
                            : scores.value(task, objective.metric()));
        }
        return values;
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : "%.4f".formatted(value);
    }

    /** Columns one below the other, the first flush left, the others flush right. */
    static String align(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        });
        var text = new StringBuilder();
        for (List<String> row : rows) {
            var line = new StringBuilder(("%-" + (widths[0] + 1) + "s").formatted(row.getFirst()));
            for (int i = 1; i < columns; i++) {
                line.append(("  %" + widths[i] + "s").formatted(row.get(i)));
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return text.toString();
    }
}
