package io.mendel.cli;

import io.mendel.campaign.CampaignListener;
import io.mendel.campaign.CampaignSession;
import io.mendel.campaign.CampaignSpec;
import io.mendel.campaign.CampaignSummary;
import io.mendel.campaign.StoppedException;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.results.Amendment;
import java.nio.file.Path;
import java.util.List;

/** What {@code run} and {@code resume} have in common: progress, stop signals, the final table. */
final class CampaignRun {

    private final Terminal terminal;
    private final CampaignOptions options;

    CampaignRun(Terminal terminal, CampaignOptions options) {
        this.terminal = terminal;
        this.options = options;
    }

    int run(CampaignSpec spec, Path directory, List<Amendment> amendments) throws Exception {
        var stop = new StopSignal();
        stop.install();
        CampaignSummary summary;
        try (MergeDevice device = options.device();
                CampaignProgress progress = new CampaignProgress(terminal)) {
            CampaignListener listener = options.quiet() ? CampaignListener.SILENT : progress;
            summary = new CampaignSession(spec, directory,
                    options.session(device).withAmendments(amendments), listener, stop::requested)
                    .run();
        } catch (StoppedException e) {
            terminal.err()
                    .println("mendel: " + e.getMessage()
                            + "; everything finished is saved. Go on with: mendel resume "
                            + directory);
            return ExitCode.STOPPED;
        } finally {
            stop.finished();
        }
        terminal.out().print(ResultTable.progress(summary));
        terminal.out().print(ResultTable.comparison(summary));
        terminal.out().println("report: " + directory.resolve("report.html"));
        terminal.out().println("take the winner home: mendel export " + directory + " --out DIR");
        return summary.contents().winner() == null ? ExitCode.FAILED : ExitCode.DONE;
    }
}
