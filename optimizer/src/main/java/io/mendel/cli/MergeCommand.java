package io.mendel.cli;

import io.mendel.campaign.ModelBuild;
import io.mendel.campaign.ModelBuild.Built;
import io.mendel.space.DocumentException;
import io.mendel.space.MergekitReader;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel merge}: builds the model of a recipe. */
@Command(name = "merge", mixinStandardHelpOptions = true, description = "Merges models by a recipe in mergekit's YAML into a Hugging Face folder.", footerHeading = "%nExamples:%n", footer = {
    "  mendel merge recipe.yaml merged",
    "  mendel merge recipe.yaml merged --max-shard-size 1000000000 --json"})
final class MergeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "RECIPE.yaml", description = "The recipe.")
    private Path file = Path.of("");

    @Parameters(index = "1", paramLabel = "OUT", description = "The folder of the merged model; must be new or empty.")
    private Path out = Path.of("");

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    @Option(names = "--threads", paramLabel = "N", description = "Threads (default: one for each core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--max-shard-size", paramLabel = "BYTES", defaultValue = "5000000000", description = "Most bytes in one file (default: ${DEFAULT-VALUE}).")
    private long maxShardBytes;

    @Option(names = "--memory", paramLabel = "BYTES", defaultValue = "67108864", description = "Most bytes of merged tensors in memory (default: ${DEFAULT-VALUE}).")
    private long bufferBytes;

    @Option(names = "--sync", description = "Wait until the disk has everything, for the case of a power failure.")
    private boolean durable;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    MergeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        Devices.require(device);
        if (threads < 1 || maxShardBytes < 1 || bufferBytes < 1) {
            throw new DocumentException("merge", "",
                    "--threads, --max-shard-size and --memory must be at least 1.",
                    "Leave them out for the defaults.");
        }
        Recipe recipe = MergekitReader.read(InputFiles.text(file), file.toString());
        Built built;
        try (var progress = new ByteProgress(terminal, "merge")) {
            built = new ModelBuild(name -> ModelPaths.find(name, file), threads, maxShardBytes,
                    bufferBytes, durable)
                    .write(recipe, out, progress);
        }
        if (json) {
            JsonOutput.print(terminal,
                    JsonOutput.object()
                            .put("out", out.toString())
                            .put("digest", built.digest())
                            .put("bytes_read", built.bytesRead())
                            .put("bytes_written", built.bytesWritten())
                            .put("seconds", built.seconds())
                            .put("device", "cpu")
                            .put("method", recipe.method().name()));
        } else {
            terminal.out()
                    .printf("%s: %s, %.1f MB read, %.1f MB written in %.2f s, digest %s%n", out,
                            recipe.method().name(), built.bytesRead() / 1e6,
                            built.bytesWritten() / 1e6, built.seconds(),
                            built.digest().substring(0, 16));
        }
        return ExitCode.DONE;
    }
}
