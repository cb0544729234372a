package io.mendel.results.report;

import io.mendel.results.CampaignContents;
import io.mendel.results.CampaignState;
import io.mendel.results.Comparison;
import io.mendel.results.MainScore;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a report shows.
 *
 * @param contents the campaign
 * @param state whether it runs
 * @param archive ids of the non-dominated candidates
 * @param hypervolume their hypervolume; NaN if not known
 * @param main the main score; may be NaN throughout
 * @param winnerRecipe the winner's recipe as mergekit YAML, or null if there is no winner
 * @param comparisons the winner beside baselines on the held-out items; empty if they were not scored
 * @since 0.1
 */
public record ReportData(CampaignContents contents, CampaignState state, Collection<Long> archive,
        double hypervolume,
        MainScore main, @Nullable String winnerRecipe, List<Comparison> comparisons) {

    public ReportData {
        archive = Set.copyOf(archive);
        comparisons = List.copyOf(comparisons);
    }

    /** Data without comparisons. */
    public ReportData(CampaignContents contents, CampaignState state, Collection<Long> archive,
            double hypervolume, MainScore main, @Nullable String winnerRecipe) {
        this(contents, state, archive, hypervolume, main, winnerRecipe, List.of());
    }
}
