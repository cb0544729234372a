package io.mendel.cli;

import io.mendel.campaign.Campaigns;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code mendel resume}: goes on with a campaign that was stopped or killed. */
@Command(name = "resume", mixinStandardHelpOptions = true, description = "Goes on with a campaign that was stopped or killed; its result is the same as without the stop.", footerHeading = "%nExample:%n", footer = "  mendel resume campaigns/three-skills")
final class ResumeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The campaign's directory.")
    private Path directory = Path.of("");

    @Mixin
    private CampaignOptions options = new CampaignOptions();

    ResumeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        return new CampaignRun(terminal, options).run(Campaigns.frozen(directory), directory);
    }
}
