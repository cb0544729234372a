package io.mendel.results;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything a campaign holds at one moment, the scores of single items left out.
 *
 * @param info what the campaign is
 * @param finished whether the campaign was marked as finished
 * @param candidates all candidates, sorted by id
 * @param evaluations outcomes on the search items by recipe digest; {@link Outcome.Finished#items()} is empty here
 * @param history one summary per generation, sorted
 * @param baselines the baselines, sorted by kind, then name
 * @param winner the winner, or null if none is chosen yet
 * @param elapsed the time worked on the campaign; a timing
 * @param layerRuns what common beginnings saved; a cost
 * @param racing what giving up candidates early saved
 * @since 0.1
 */
public record CampaignContents(CampaignInfo info, boolean finished, List<Candidate> candidates,
        SortedMap<String, Evaluation> evaluations, List<GenerationSummary> history,
        List<Baseline> baselines,
        @Nullable Winner winner, Duration elapsed, LayerRuns layerRuns, RacingSavings racing) {

    public CampaignContents {
        candidates = List.copyOf(candidates);
        evaluations = Collections.unmodifiableSortedMap(new TreeMap<>(evaluations));
        history = List.copyOf(history);
        baselines = List.copyOf(baselines);
    }

    /** Contents of which it is not known what common beginnings and racing saved. */
    public CampaignContents(CampaignInfo info, boolean finished, List<Candidate> candidates,
            SortedMap<String, Evaluation> evaluations, List<GenerationSummary> history,
            List<Baseline> baselines, @Nullable Winner winner, Duration elapsed) {
        this(info, finished, candidates, evaluations, history, baselines, winner, elapsed,
                LayerRuns.NONE, RacingSavings.NONE);
    }

    /** The candidate with an id, or null if there is none. */
    public @Nullable Candidate candidate(long id) {
        return candidates.stream()
                .filter(candidate -> candidate.id() == id)
                .findFirst()
                .orElse(null);
    }

    /** The scores of a candidate on the search items, or null if it failed or is not evaluated yet. */
    public Outcome.@Nullable Finished finished(Candidate candidate) {
        return outcome(candidate) instanceof Outcome.Finished finished ? finished : null;
    }

    /** What came of a candidate on the search items, or null if it is not evaluated yet. */
    public @Nullable Outcome outcome(Candidate candidate) {
        var evaluation = evaluations.get(candidate.recipeDigest());
        return evaluation == null ? null : evaluation.outcome();
    }

    /** Number of candidates with an outcome, failed ones included. */
    public int evaluated() {
        return (int) candidates.stream().filter(candidate -> outcome(candidate) != null).count();
    }

    /** Number of candidates that were given up early, see {@link Outcome.Raced}. */
    public int raced() {
        return (int) candidates.stream()
                .filter(candidate -> outcome(candidate) instanceof Outcome.Raced)
                .count();
    }

    /** Number of candidates that failed. */
    public int failed() {
        return (int) candidates.stream()
                .filter(candidate -> outcome(candidate) instanceof Outcome.Failed)
                .count();
    }
}
