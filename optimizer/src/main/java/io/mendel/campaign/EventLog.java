package io.mendel.campaign;

import io.mendel.results.Candidate;
import io.mendel.results.GenerationSummary;
import io.mendel.results.Outcome;
import io.mendel.space.LateLogger;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Appends what happens to {@code events.log}, one line each, for people who ask what went on last night. */
final class EventLog implements CampaignListener, AutoCloseable {

    private static final System.Logger LOGGER = LateLogger.of(EventLog.class);

    private final CampaignListener next;
    private final InstantSource clock;
    private final BufferedWriter writer;

    /**
     * Opens the log for appending.
     *
     * @param directory the campaign's directory
     * @param next is told everything as well
     */
    EventLog(Path directory, InstantSource clock, CampaignListener next) throws IOException {
        this.next = next;
        this.clock = clock;
        this.writer = Files.newBufferedWriter(directory.resolve("events.log"),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** Appends a line. */
    void line(String text) {
        try {
            writer.write(clock.instant().truncatedTo(ChronoUnit.SECONDS) + "  " + text + "\n");
            writer.flush();
        } catch (IOException e) {
            // A full disk stops the campaign where a result cannot be kept; a line about it may be missing.
            LOGGER.log(Level.WARNING, "events.log cannot be written: " + e.getMessage());
        }
    }

    @Override
    public void phase(String phase, int total) {
        line(phase + (total > 0 ? ": " + total + " evaluations" : ""));
        next.phase(phase, total);
    }

    @Override
    public void evaluated(boolean fresh) {
        next.evaluated(fresh);
    }

    @Override
    public void candidate(Candidate candidate, Outcome outcome, double bestMain) {
        if (outcome instanceof Outcome.Raced raced) {
            line("candidate " + candidate.id() + " " + raced.text());
        }
        if (outcome instanceof Outcome.Failed failed) {
            line("candidate " + candidate.id() + " failed: " + failed.reason());
        }
        next.candidate(candidate, outcome, bestMain);
    }

    @Override
    public void generation(GenerationSummary summary) {
        line(String.format(Locale.ROOT,
                "generation %d: %d evaluations, hypervolume %.5g, best %.5g",
                summary.generation(), summary.evaluations(), summary.hypervolume(),
                summary.bestMain()));
        next.generation(summary);
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "events.log cannot be written: " + e.getMessage());
        }
    }
}
