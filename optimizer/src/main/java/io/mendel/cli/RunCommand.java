package io.mendel.cli;

import io.mendel.campaign.CampaignSpec;
import io.mendel.campaign.Campaigns;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel run}: runs a campaign, or goes on with it if its directory exists. */
@Command(name = "run", mixinStandardHelpOptions = true, description = "Runs a campaign to its end: baselines, search, winner, held-out test, report.", footerHeading = "%nExamples:%n", footer = {
    "  mendel run optimizer/demo/campaign.yaml",
    "  mendel run campaign.yaml --dir runs/7 --set search.seed=7 --set budget.evaluations=1000",
    "  mendel run campaign.yaml --compare random",
    "  mendel run optimizer/demo/hybrid.yaml --set space.parameter_share=0.9"})
final class RunCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "CAMPAIGN.yaml", description = "The campaign file.")
    private Path file = Path.of("");

    @Option(names = "--dir", paramLabel = "DIR", description = "The campaign's directory (default: campaigns/NAME).")
    private @Nullable Path directory;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Changes a value of the campaign file; repeatable.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Mixin
    private CampaignOptions options = new CampaignOptions();

    RunCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        CampaignSpec spec = Campaigns.read(InputFiles.text(file), file, overrides);
        Path chosen = directory != null ? directory : Path.of("campaigns", spec.name());
        return new CampaignRun(terminal, options).run(spec, chosen);
    }
}
