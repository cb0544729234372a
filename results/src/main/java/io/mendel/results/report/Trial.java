package io.mendel.results.report;

import io.mendel.results.Candidate;
import io.mendel.results.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * A scored candidate as the report draws it.
 *
 * @param candidate the candidate
 * @param objectives its objectives
 * @param main its main score; NaN if there is none
 * @param inArchive whether no other candidate dominates it
 * @param winner whether it is the winner
 */
record Trial(Candidate candidate, SortedMap<String, Double> objectives, double main,
        boolean inArchive, boolean winner) {

    /** The scored candidates sorted by id. */
    static List<Trial> of(ReportData data) {
        var contents = data.contents();
        var winner = contents.winner();
        var trials = new ArrayList<Trial>();
        for (var candidate : contents.candidates()) {
            if (contents.outcome(candidate) instanceof Outcome.Finished(var objectives, _, _)) {
                trials.add(new Trial(candidate, objectives, data.main().of(objectives),
                        data.archive().contains(candidate.id()),
                        winner != null && winner.candidate() == candidate.id()));
            }
        }
        return List.copyOf(trials);
    }

    double objective(String name) {
        return objectives.getOrDefault(name, Double.NaN);
    }

    long id() {
        return candidate.id();
    }
}
