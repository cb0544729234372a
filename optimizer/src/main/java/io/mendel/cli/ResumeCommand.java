package io.mendel.cli;

import io.mendel.campaign.Campaigns;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel resume}: goes on with a campaign that was stopped or killed, or that shall go further. */
@Command(name = "resume", mixinStandardHelpOptions = true, description = "Goes on with a campaign that was stopped or killed; its result is the same as without the stop.", footerHeading = "%nExamples:%n", footer = {
    "  mendel resume campaigns/three-skills",
    "  mendel resume campaigns/three-skills --set budget.evaluations=1000   go further than planned; also once it is finished",
    "  mendel resume campaigns/three-skills --set limits.seconds=60         end evaluations that take longer"})
final class ResumeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The campaign's directory.")
    private Path directory = Path.of("");

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Changes the campaign's budget or limits from now on, kept in its store; repeatable.")
    private Map<String, String> changes = new LinkedHashMap<>();

    @Mixin
    private CampaignOptions options = new CampaignOptions();

    ResumeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        return new CampaignRun(terminal, options).run(Campaigns.frozen(directory), directory,
                Campaigns.amendments(directory, changes));
    }
}
