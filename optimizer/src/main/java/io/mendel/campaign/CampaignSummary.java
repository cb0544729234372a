package io.mendel.campaign;

import io.mendel.results.CampaignContents;
import io.mendel.results.CampaignState;
import io.mendel.results.CampaignStatus;
import io.mendel.results.Comparison;
import io.mendel.results.Outcome;
import io.mendel.results.pareto.ArchiveMember;
import io.mendel.results.pareto.ParetoArchive;
import io.mendel.results.report.ReportData;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.space.DocumentException;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Where a campaign stands, read from its directory; also while another process runs it.
 *
 * @since 0.1
 */
public final class CampaignSummary {

    private final CampaignSpec spec;
    private final Goals goals;
    private final CampaignContents contents;
    private final CampaignState state;
    private final ParetoArchive archive;
    private final List<Comparison> comparisons;

    private CampaignSummary(CampaignSpec spec, CampaignContents contents, CampaignState state,
            CampaignStore store) throws StoreException {
        this.spec = spec;
        this.goals = new Goals(contents.info().objectives(), spec.main());
        this.contents = contents;
        this.state = state;
        this.archive = archive(contents, goals);
        this.comparisons = Comparisons.of(store, contents, goals);
    }

    /**
     * Reads a campaign directory.
     *
     * @param directory the campaign's directory
     */
    public static CampaignSummary read(Path directory) throws StoreException, DocumentException {
        try (CampaignStore store = CampaignStore.read(directory)) {
            return of(store, directory);
        }
    }

    static CampaignSummary of(CampaignStore store, Path directory)
            throws StoreException, DocumentException {
        CampaignSpec spec = CampaignReader.read(store.info().yaml(),
                directory.resolve("campaign.yaml").toString(),
                store.folder());
        return new CampaignSummary(spec, store.contents(), store.state(), store);
    }

    private static ParetoArchive archive(CampaignContents contents, Goals goals) {
        ParetoArchive archive = ParetoArchive.empty(goals.directions());
        for (var candidate : contents.candidates()) {
            Outcome.Finished finished = contents.finished(candidate);
            if (finished != null) {
                archive = archive.with(new ArchiveMember(candidate.id(), goals.values(finished)));
            }
        }
        return archive;
    }

    /** The campaign file. */
    public CampaignSpec spec() {
        return spec;
    }

    /** Everything the store holds, the scores of single items left out. */
    public CampaignContents contents() {
        return contents;
    }

    /** The non-dominated candidates, sorted by id. */
    public ParetoArchive archive() {
        return archive;
    }

    /** The winner beside the best parent and random search on the held-out items; empty before they are scored. */
    public List<Comparison> comparisons() {
        return comparisons;
    }

    /** The document that {@code mendel status --json} prints. */
    public CampaignStatus status() {
        return CampaignStatus.of(contents, state, memberIds(), hypervolume());
    }

    /** What the report shows. */
    public ReportData report() {
        return new ReportData(contents, state, memberIds(), hypervolume(), this::main,
                winnerRecipe(), comparisons);
    }

    /** The main objective of measured objectives; NaN if one is missing. */
    public double main(SortedMap<String, Double> objectives) {
        return goals.main(objectives);
    }

    List<Long> memberIds() {
        return archive.members().stream().map(ArchiveMember::id).toList();
    }

    private double hypervolume() {
        return contents.history().isEmpty()
                ? Double.NaN
                : contents.history().getLast().hypervolume();
    }

    private @Nullable String winnerRecipe() {
        var winner = contents.winner();
        return winner == null ? null : CandidateRecipes.text(contents, winner.candidate());
    }

    /**
     * The recipe of a candidate.
     *
     * @throws IllegalArgumentException if there is no such candidate
     */
    public Recipe recipe(long id) {
        return CandidateRecipes.recipe(contents, id);
    }
}
