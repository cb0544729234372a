package io.mendel.cli;

import io.mendel.campaign.CampaignSummary;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel status}: where a campaign stands. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Shows where a campaign stands, also while it runs.", footerHeading = "%nExamples:%n", footer = {
    "  mendel status campaigns/three-skills", "  mendel status campaigns/three-skills --json"})
final class StatusCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The campaign's directory.")
    private Path directory = Path.of("");

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    StatusCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        CampaignSummary summary = CampaignSummary.read(directory);
        if (json) {
            var document = summary.status().toJson();
            var comparisons = document.putArray("comparisons");
            summary.comparisons().forEach(one -> one.write(comparisons.addObject()));
            JsonOutput.print(terminal, document);
        } else {
            terminal.out().print(ResultTable.progress(summary));
            terminal.out().print(ResultTable.comparison(summary));
            summary.comparisons()
                    .forEach(one -> terminal.out()
                            .println("on the held-out items the winner is " + one.text()));
        }
        return ExitCode.DONE;
    }
}
