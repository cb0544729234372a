package io.mendel.cli;

import io.mendel.campaign.CampaignFiles;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel report}: writes a campaign's report and tables anew. */
@Command(name = "report", mixinStandardHelpOptions = true, description = "Writes report.html and the CSV tables of a campaign, also while it runs.", footerHeading = "%nExamples:%n", footer = {
    "  mendel report campaigns/three-skills", "  mendel report campaigns/three-skills --items"})
final class ReportCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The campaign's directory.")
    private Path directory = Path.of("");

    @Option(names = "--items", description = "Write tables/items.csv too, the score of every item of every candidate; large.")
    private boolean items;

    ReportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        CampaignFiles.writeReport(directory, items);
        terminal.out().println(directory.resolve("report.html"));
        return ExitCode.DONE;
    }
}
