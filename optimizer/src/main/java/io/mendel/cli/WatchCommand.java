package io.mendel.cli;

import io.mendel.campaign.CampaignSummary;
import io.mendel.results.CampaignState;
import io.mendel.space.DocumentException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel watch}: looks on while another process runs a campaign. */
@Command(name = "watch", mixinStandardHelpOptions = true, description = {
    "Shows a campaign at work until it is finished; it need not run in this terminal, or at all yet.",
    "On a terminal one table is drawn over and over; elsewhere each change is a line."}, footerHeading = "%nExamples:%n", footer = {
        "  mendel watch campaigns/three-skills",
        "  mendel watch campaigns/three-skills --interval 60 >> progress.txt"})
final class WatchCommand implements Callable<Integer> {

    private static final String CLEAR = "\u001b[H\u001b[J";

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The campaign's directory.")
    private Path directory = Path.of("");

    @Option(names = "--interval", paramLabel = "SECONDS", defaultValue = "2", description = "Time between two looks (default: ${DEFAULT-VALUE}).")
    private double interval = 2;

    WatchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        if (!(interval >= 0.1 && interval <= 86_400)) {
            throw new DocumentException("--interval", "",
                    "must be from 0.1 to 86400 seconds, not " + interval + ".",
                    "Leave it out for 2.");
        }
        String shown = "";
        while (true) {
            CampaignSummary summary = CampaignSummary.read(directory);
            shown = terminal.redraws() ? redraw(summary) : append(summary, shown);
            if (summary.status().state() == CampaignState.FINISHED) {
                if (!terminal.redraws()) {
                    terminal.out().print(ResultTable.comparison(summary));
                }
                return ExitCode.DONE;
            }
            TimeUnit.MILLISECONDS.sleep(Math.round(interval * 1000));
        }
    }

    private String redraw(CampaignSummary summary) {
        String table = WatchTable.of(summary);
        terminal.out().print(CLEAR + table);
        terminal.out().flush();
        return table;
    }

    private String append(CampaignSummary summary, String shown) {
        String line = WatchTable.line(summary);
        if (!line.equals(shown)) {
            terminal.out().println(line);
        }
        return line;
    }
}
