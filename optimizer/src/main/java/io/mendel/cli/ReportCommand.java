package io.mendel.cli;

import io.mendel.campaign.CampaignFiles;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mendel report}: writes a campaign's report and tables anew. */
@Command(name = "report", mixinStandardHelpOptions = true, description = "Writes report.html and the CSV tables of a campaign, also while it runs.", footerHeading = "%nExample:%n", footer = "  mendel report campaigns/three-skills")
final class ReportCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The campaign's directory.")
    private Path directory = Path.of("");

    ReportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        terminal.out().println(CampaignFiles.writeReport(directory));
        return ExitCode.DONE;
    }
}
