package io.mendel.web;

import io.mendel.campaign.CampaignSummary;
import io.mendel.space.InvalidInputException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The campaign as it was at most a second ago, so that many readers cost no more than one. */
final class LiveCampaign {

    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Path directory;
    private @Nullable CampaignSummary summary;
    private long read;

    LiveCampaign(Path directory) {
        this.directory = directory;
    }

    synchronized CampaignSummary summary() throws InvalidInputException {
        long now = System.nanoTime();
        CampaignSummary known = summary;
        if (known == null || now - read > FRESH_NANOS) {
            known = CampaignSummary.read(directory);
            summary = known;
            read = System.nanoTime();
        }
        return known;
    }
}
