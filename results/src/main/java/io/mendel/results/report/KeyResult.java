package io.mendel.results.report;

import io.mendel.results.Baseline;
import io.mendel.results.report.Contender.Side;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** The sentence that says what came out. */
final class KeyResult {
    private KeyResult() {}

    static String html(ReportData data, List<Contender> rows) {
        var contents = data.contents();
        if (rows.isEmpty() || rows.getFirst().kind() != null) {
            int count = contents.evaluated();
            return count == 0
                    ? "No candidate has been evaluated yet."
                    : "No winner is chosen yet; " + count
                            + (count == 1 ? " candidate has" : " candidates have")
                            + " been evaluated, " + (count - contents.failed())
                            + " of them with scores.";
        }
        var winner = rows.getFirst();
        if (Double.isFinite(winner.heldOut().main())) {
            return "On test items that the search never saw, "
                    + compare(data, rows, winner, Contender::heldOut);
        }
        if (Double.isFinite(winner.search().main())) {
            return "On the search items, " + compare(data, rows, winner, Contender::search)
                    + " The winner was picked on these items, so this flatters it; the test items are scored at the end.";
        }
        return "The winner is "
                + Html.escape(
                        winner.name().substring("winner (".length(), winner.name().length() - 1))
                + "; its main score is not known.";
    }

    private static String compare(ReportData data, List<Contender> rows, Contender winner,
            Function<Contender, Side> side) {
        var own = side.apply(winner);
        var out = new StringBuilder("the winner scores <b class=\"win\">")
                .append(Figures.of(own.main(), own.mainStderr()))
                .append("</b> on the main score (")
                .append(Html.escape(Html.cut(data.contents().info().main(), 80)))
                .append(')');
        var parent = rows.stream()
                .filter(row -> row.kind() == Baseline.Kind.PARENT
                        && Double.isFinite(side.apply(row).main()))
                .max(Comparator.comparingDouble(row -> side.apply(row).main()))
                .orElse(null);
        if (parent == null) {
            return out.append(". No parent was measured on them.").toString();
        }
        var best = side.apply(parent);
        double gain = own.main() - best.main();
        double noise = Math.hypot(own.mainStderr(), best.mainStderr());
        out.append("; the best parent, <b>")
                .append(Html.escape(parent.name()))
                .append("</b>, scores <b>")
                .append(Figures.of(best.main(), best.mainStderr()))
                .append("</b>. ");
        if (Double.isFinite(noise) && noise > 0 && Math.abs(gain) < 2 * noise) {
            return out.append("The difference of ")
                    .append(Figures.of(gain))
                    .append(" is within the noise of these items (")
                    .append("two standard errors are ")
                    .append(Figures.of(2 * noise))
                    .append(").")
                    .toString();
        }
        if (gain == 0) {
            return out.append("They are equal.").toString();
        }
        return out
                .append(gain > 0
                        ? "The merge is better by <b>"
                        : "No merge beat it: the winner is worse by <b>")
                .append(Figures.of(Math.abs(gain)))
                .append("</b>.")
                .toString();
    }
}
