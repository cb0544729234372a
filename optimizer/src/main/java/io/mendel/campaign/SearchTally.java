package io.mendel.campaign;

import io.mendel.results.Candidate;
import io.mendel.results.GenerationSummary;
import io.mendel.results.Outcome;
import io.mendel.results.pareto.ArchiveMember;
import io.mendel.results.pareto.ParetoArchive;
import java.util.ArrayList;
import java.util.List;

/** What a search has found so far. */
final class SearchTally {

    private final Goals goals;
    private final List<Double> reference;
    private final CampaignListener listener;
    private final List<SearchLoop.Bred> all = new ArrayList<>();
    private ParetoArchive archive;
    private double best = Double.NaN;
    private int improved;
    private int earlier;

    SearchTally(Goals goals, List<Double> reference, CampaignListener listener) {
        this.goals = goals;
        this.reference = reference;
        this.listener = listener;
        this.archive = ParetoArchive.empty(goals.directions());
    }

    /** All candidates in the order of their ids. */
    List<SearchLoop.Bred> all() {
        return all;
    }

    /** Takes up what an earlier stage found: it counts for the archive, not for this stage. */
    void takeUp(List<SearchLoop.Bred> found) {
        earlier = found.size();
        for (SearchLoop.Bred bred : found) {
            if (bred.outcome() instanceof Outcome.Finished finished) {
                archive = archive
                        .with(new ArchiveMember(bred.candidate().id(), goals.values(finished)));
                double main = goals.main(finished.objectives());
                best = main <= best ? best : main;
            }
        }
    }

    /** Candidates of this stage and those before. */
    int total() {
        return earlier + all.size();
    }

    int size() {
        return all.size();
    }

    /** The last generation of this stage with a better main objective than all before. */
    int improved() {
        return improved;
    }

    /** Adds a candidate of a generation of this stage. */
    void add(SearchLoop.Bred bred, int generation) {
        all.add(bred);
        Candidate candidate = bred.candidate();
        if (bred.outcome() instanceof Outcome.Finished finished) {
            archive = archive.with(new ArchiveMember(candidate.id(), goals.values(finished)));
            double main = goals.main(finished.objectives());
            if (!(main <= best)) {
                best = main;
                improved = generation;
            }
        }
        listener.candidate(candidate, bred.outcome(), best);
    }

    GenerationSummary summary(int generation) {
        return new GenerationSummary(generation, total(), archive.hypervolume(reference), best);
    }
}
