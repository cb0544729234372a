package io.mendel.campaign;

import io.mendel.results.report.AtomicText;
import io.mendel.results.report.ReportWriter;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.results.table.TableWriter;
import io.mendel.space.DocumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files of a campaign directory that are made of its store.
 *
 * @since 0.1
 */
public final class CampaignFiles {

    private CampaignFiles() {}

    /** Keeps the campaign file beside its store, for people to read. */
    static void freeze(Path directory, String text) throws IOException {
        Path file = directory.resolve("campaign.yaml");
        if (!Files.exists(file)) {
            AtomicText.write(file, text);
        }
    }

    /**
     * Writes {@code report.html} and {@code tables/*.csv}.
     *
     * @param directory the campaign's directory
     * @param items whether to write the scores of single items too
     * @return what they show
     */
    public static CampaignSummary writeReport(Path directory, boolean items)
            throws StoreException, DocumentException, IOException {
        try (CampaignStore store = CampaignStore.read(directory)) {
            CampaignSummary summary = CampaignSummary.of(store, directory);
            ReportWriter.write(summary.report(), directory.resolve("report.html"));
            TableWriter.write(store, summary.contents(), summary.memberIds(), summary::main,
                    directory.resolve("tables"), items);
            return summary;
        }
    }
}
