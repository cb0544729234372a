package io.mendel.cli;

import io.mendel.campaign.CampaignListener;
import io.mendel.results.Candidate;
import io.mendel.results.GenerationSummary;
import io.mendel.results.Outcome;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows a campaign at work: on a terminal a bar with the best score so far, evaluations per hour and the time left;
 * elsewhere one line for each generation.
 */
final class CampaignProgress implements CampaignListener, AutoCloseable {

    private final Terminal terminal;
    private @Nullable ProgressBar bar;
    private double best = Double.NaN;
    private long phaseStart;
    private int fresh;

    CampaignProgress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void phase(String phase, int evaluations) {
        close();
        phaseStart = System.nanoTime();
        fresh = 0;
        if (terminal.interactive()) {
            bar = new ProgressBarBuilder().setTaskName(phase)
                    .setInitialMax(evaluations > 0 ? evaluations : -1)
                    .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                    .setUpdateIntervalMillis(200)
                    .continuousUpdate()
                    .setEtaFunction(state -> eta(state.getMax() - state.getCurrent()))
                    .setConsumer(new ConsoleProgressBarConsumer(terminal.err(), 100))
                    .build();
        } else {
            terminal.err()
                    .println(phase + (evaluations > 0 ? " (" + evaluations + " evaluations)" : ""));
        }
    }

    /** Evaluations found in the store cost nothing, so only the fresh ones tell how long the rest will take. */
    private Optional<Duration> eta(long left) {
        return fresh == 0 || left < 0
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(
                        (long) ((double) (System.nanoTime() - phaseStart) / fresh * left)));
    }

    private double perHour() {
        double hours = (System.nanoTime() - phaseStart) / 3.6e12;
        return hours > 0 ? fresh / hours : 0;
    }

    @Override
    public void evaluated(boolean computed) {
        if (computed) {
            fresh++;
        }
        if (bar != null) {
            bar.step();
            if (!Double.isNaN(best)) {
                bar.setExtraMessage(
                        String.format(Locale.ROOT, " best %.4f, %.0f/h", best, perHour()));
            }
        }
    }

    @Override
    public void candidate(Candidate candidate, Outcome outcome, double bestMain) {
        best = bestMain;
    }

    @Override
    public void generation(GenerationSummary summary) {
        if (!terminal.interactive()) {
            terminal.err()
                    .printf(Locale.ROOT,
                            "  generation %3d  %5d evaluations  best %.4f  hypervolume %.4g  %.0f/h%n",
                            summary.generation(), summary.evaluations(), summary.bestMain(),
                            summary.hypervolume(), perHour());
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
