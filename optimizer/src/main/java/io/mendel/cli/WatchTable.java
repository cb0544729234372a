package io.mendel.cli;

import io.mendel.campaign.CampaignSpec;
import io.mendel.campaign.CampaignSummary;
import io.mendel.results.CampaignContents;
import io.mendel.results.Candidate;
import io.mendel.results.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What {@code mendel watch} shows: progress, the best candidates so far, the last failures. */
final class WatchTable {

    private static final int BEST = 8;
    private static final int FAILURES = 3;
    private static final int BAR = 40;

    private WatchTable() {}

    /** One line that changes when something happened. */
    static String line(CampaignSummary summary) {
        var status = summary.status();
        return String.format(Locale.ROOT,
                "%s: %s, %d evaluations (%d failed), generation %d, %d in the archive, hypervolume %.5g, best %.4f",
                status.campaign(), status.state().name().toLowerCase(Locale.ROOT),
                status.evaluations(), status.failed(), status.generation(),
                status.archive().size(), status.hypervolume(), best(summary.contents()));
    }

    /** The whole table. */
    static String of(CampaignSummary summary) {
        var status = summary.status();
        var text = new StringBuilder();
        text.append(line(summary)).append('\n').append(progress(summary)).append("\n\n");
        var objectives = summary.contents().info().objectives();
        var rows = new ArrayList<List<String>>();
        var header = new ArrayList<String>(List.of("candidate", "generation", "main"));
        objectives.forEach(objective -> header.add(objective.name()));
        header.add("origin");
        rows.add(header);
        for (Candidate candidate : best(summary)) {
            Outcome.Finished finished = summary.contents().finished(candidate);
            if (finished != null) {
                var row = new ArrayList<String>(List.of(Long.toString(candidate.id()),
                        Integer.toString(candidate.generation()),
                        number(summary.main(finished.objectives()))));
                objectives.forEach(objective -> row.add(number(
                        finished.objectives().getOrDefault(objective.name(), Double.NaN))));
                row.add(candidate.origin());
                rows.add(row);
            }
        }
        text.append(ResultTable.align(rows));
        for (String failure : failures(summary.contents())) {
            text.append(failure).append('\n');
        }
        return text.append('\n').append(switch (status.state()) {
            case RUNNING -> "Ctrl-C ends watching, not the campaign.";
            case PAUSED -> "Nobody works on it. Go on with 'mendel resume'.";
            case FINISHED -> "Finished. See 'mendel status' and report.html.";
        }).append('\n').toString();
    }

    private static String progress(CampaignSummary summary) {
        CampaignSpec.Budget budget = summary.spec().budget();
        var timings = summary.status().timings();
        String rate = String.format(Locale.ROOT, "%.0f evaluations an hour, %s so far",
                timings.evaluationsPerHour(), duration(timings.elapsed()));
        int limit = budget.evaluations() > 0 ? budget.evaluations() : budget.generations();
        if (limit == 0) {
            return rate;
        }
        int done = Math.min(limit, budget.evaluations() > 0
                ? summary.contents().evaluated()
                : summary.contents().history().size());
        int filled = (int) ((long) BAR * done / limit);
        return "[" + "#".repeat(filled) + "-".repeat(BAR - filled) + "] " + done + " of " + limit
                + (budget.evaluations() > 0 ? " evaluations" : " generations") + ", " + rate;
    }

    private static String duration(double seconds) {
        var elapsed = Duration.ofSeconds(Math.round(seconds));
        return String.format(Locale.ROOT, "%d:%02d:%02d", elapsed.toHours(),
                elapsed.toMinutesPart(), elapsed.toSecondsPart());
    }

    private static List<Candidate> best(CampaignSummary summary) {
        var contents = summary.contents();
        return contents.candidates()
                .stream()
                .filter(candidate -> contents.finished(candidate) != null)
                .sorted(Comparator.comparingDouble((Candidate candidate) -> {
                    Outcome.Finished finished = contents.finished(candidate);
                    return finished == null ? 0 : -summary.main(finished.objectives());
                }).thenComparingLong(Candidate::id))
                .limit(BEST)
                .toList();
    }

    private static List<String> failures(CampaignContents contents) {
        var lines = contents.candidates()
                .stream()
                .filter(candidate -> contents.outcome(candidate) instanceof Outcome.Failed)
                .map(candidate -> contents.outcome(candidate) instanceof Outcome.Failed failed
                        ? "candidate " + candidate.id() + " failed: " + failed.reason()
                        : "")
                .toList();
        return lines.subList(Math.max(0, lines.size() - FAILURES), lines.size());
    }

    private static double best(CampaignContents contents) {
        return contents.history().isEmpty()
                ? Double.NaN
                : contents.history().getLast().bestMain();
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }
}
