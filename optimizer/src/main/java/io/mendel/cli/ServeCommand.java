package io.mendel.cli;

import io.mendel.campaign.CampaignSummary;
import io.mendel.space.DocumentException;
import io.mendel.web.CampaignServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel serve}: shows a campaign in a browser. */
@Command(name = "serve", mixinStandardHelpOptions = true, description = {
    "Shows a campaign in a browser: progress, trade-offs, candidates, genes, failures, as they come.",
    "The page is for this machine only, needs no network and changes nothing. Ctrl-C ends it."}, footerHeading = "%nExamples:%n", footer = {
        "  mendel serve campaigns/three-skills",
        "  mendel serve campaigns/three-skills --port 8123",
        "  ssh -L 7117:localhost:7117 server    then open http://localhost:7117 to look on from elsewhere"})
final class ServeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The campaign's directory.")
    private Path directory = Path.of("");

    @Option(names = "--port", paramLabel = "N", defaultValue = "7117", description = "The port on the loopback interface; 0 for any that is free (default: ${DEFAULT-VALUE}).")
    private int port;

    ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        if (port < 0 || port > 65_535) {
            throw new DocumentException("--port", "", "must be from 0 to 65535, not " + port + ".",
                    "Leave it out for 7117.");
        }
        CampaignSummary.read(directory);
        try (CampaignServer server = CampaignServer.start(directory, port)) {
            terminal.out().println(server.address());
            terminal.out().flush();
            new CountDownLatch(1).await();
        } catch (IOException e) {
            throw new DocumentException("--port", "",
                    "the port " + port + " cannot be used (" + e.getMessage() + ").",
                    "Choose another one, or 0 for any that is free.");
        }
        return ExitCode.DONE;
    }
}
