package io.mendel.campaign;

import io.mendel.results.Candidate;
import io.mendel.results.GenerationSummary;
import io.mendel.results.Outcome;

/**
 * Watches a campaign at work; called from one thread, never at the same time.
 *
 * @since 0.1
 */
public interface CampaignListener {

    /** Ignores everything. */
    CampaignListener SILENT = new CampaignListener() {
    };

    /**
     * A stretch of work begins.
     *
     * @param phase what is done, such as {@code search} or {@code held-out test}
     * @param evaluations how many evaluations it takes at most; 0 if unknown
     */
    default void phase(String phase, int evaluations) {}

    /**
     * An evaluation of the current phase is on disk.
     *
     * @param fresh whether it was computed now, not found in the store
     */
    default void evaluated(boolean fresh) {}

    /**
     * A candidate of the search has an outcome.
     *
     * @param candidate the candidate
     * @param outcome its outcome on the search items
     * @param bestMain the best main objective so far; NaN before the first
     */
    default void candidate(Candidate candidate, Outcome outcome, double bestMain) {}

    /** A generation is complete. */
    default void generation(GenerationSummary summary) {}

    /** Passes on what is counted, but no candidates and generations: those of another search than the campaign's. */
    static CampaignListener countingOnly(CampaignListener listener) {
        return new CampaignListener() {
            @Override
            public void evaluated(boolean fresh) {
                listener.evaluated(fresh);
            }
        };
    }
}
