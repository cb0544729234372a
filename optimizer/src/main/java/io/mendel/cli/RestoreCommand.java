package io.mendel.cli;

import io.mendel.merge.TallBundle;
import io.mendel.merge.WriteOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel restore}: takes one model out of a bundle. */
@Command(name = "restore", mixinStandardHelpOptions = true, description = "Restores the model of one task from a bundle into a Hugging Face folder.", footerHeading = "%nExamples:%n", footer = {
    "  mendel restore bundle math-en restored"})
final class RestoreCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "BUNDLE", description = "A folder that 'mendel bundle' has written.")
    private Path bundle = Path.of("");

    @Parameters(index = "1", paramLabel = "TASK", description = "The model's name in the recipe, or its last part.")
    private String task = "";

    @Parameters(index = "2", paramLabel = "OUT", description = "The folder of the model; must be new or empty.")
    private Path out = Path.of("");

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu or cuda:N, if that can be used; the disk decides how fast this is, so the processor does it (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    RestoreCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        Devices.open(device).close();
        try (TallBundle opened = TallBundle.open(bundle)) {
            String digest = opened.restore(task, out, WriteOptions.DEFAULT.maxShardBytes());
            if (json) {
                JsonOutput.print(terminal,
                        JsonOutput.object()
                                .put("out", out.toString())
                                .put("task", task)
                                .put("digest", digest));
            } else {
                terminal.out().printf("%s: %s, digest %s%n", out, task, digest.substring(0, 16));
            }
            return ExitCode.DONE;
        }
    }
}
