package io.mendel.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.campaign.ModelBuild;
import io.mendel.campaign.ModelBuild.Built;
import io.mendel.campaign.SequenceBuild;
import io.mendel.merge.Merger;
import io.mendel.merge.WriteOptions;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.space.DocumentException;
import io.mendel.space.MergeSequence;
import io.mendel.space.MergekitReader;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel merge}: builds the model of a recipe. */
@Command(name = "merge", mixinStandardHelpOptions = true, description = "Merges models by a recipe in mergekit's YAML into a Hugging Face folder or an ONNX model.", footerHeading = "%nExamples:%n", footer = {
    "  mendel merge recipe.yaml merged", "  mendel merge recipe.yaml merged --dry-run",
    "  mendel merge recipe.yaml merged-onnx --format onnx",
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

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "hf", description = "hf or onnx (default: ${DEFAULT-VALUE}).")
    private String format = "hf";

    @Option(names = "--dry-run", description = "Check everything and show the plan and its cost, but write nothing.")
    private boolean dryRun;

    @Option(names = "--intermediates", paramLabel = "DIR", description = "Where to keep the models that only other recipes of the file use (default: they are removed).")
    private @Nullable Path intermediates;

    @Option(names = "--memory", paramLabel = "BYTES", defaultValue = "67108864", description = "Most bytes of merged tensors in memory (default: ${DEFAULT-VALUE}).")
    private long bufferBytes;

    @Option(names = "--sync", description = "Wait until the disk has everything, for the case of a power failure.")
    private boolean durable;

    @Option(names = "--digest", description = "Compute the SHA-256 of the weights, print it, and write it into the model card; --json always does.")
    private boolean digest;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    MergeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        Thread.ofPlatform().daemon().start(Merger::warmUp);
        try (MergeDevice opened = Devices.open(device)) {
            return merge(opened);
        }
    }

    private int merge(MergeDevice opened) throws Exception {
        if (threads < 1 || maxShardBytes < 1 || bufferBytes < 1) {
            throw new DocumentException("merge", "",
                    "--threads, --max-shard-size and --memory must be at least 1.",
                    "Leave them out for the defaults.");
        }
        boolean onnx = Formats.isOnnx(format, List.of("hf", "onnx"));
        MergeSequence sequence = MergekitReader.readAll(InputFiles.text(file), file.toString());
        Recipe recipe = sequence.output();
        var options = new WriteOptions(maxShardBytes, bufferBytes, durable, digest || json,
                WriteOptions.DEFAULT.progress());
        var build = new ModelBuild(name -> ModelPaths.find(name, file), threads, options, opened);
        var builds = new SequenceBuild(build, intermediates, onnx);
        if (dryRun) {
            var preview = new PreviewText(sequence, builds.preview(sequence, out), out,
                    intermediates);
            if (json) {
                JsonOutput.print(terminal, preview.json());
            } else {
                terminal.out().print(preview.text());
            }
            return ExitCode.DONE;
        }
        Built built;
        try (var progress = new ByteProgress(terminal, "merge")) {
            built = builds.write(sequence, out, progress);
        }
        build.describe(recipe, out, built);
        if (json) {
            ObjectNode document = JsonOutput.object()
                    .put("out", out.toString())
                    .put("digest", built.digest())
                    .put("bytes_read", built.bytesRead())
                    .put("bytes_written", built.bytesWritten())
                    .put("seconds", built.seconds())
                    .put("device", opened.name())
                    .put("method", recipe.method().name());
            if (built.accumulatedScale() != null) {
                document.put("accumulated_scale", built.accumulatedScale());
            }
            JsonOutput.print(terminal, document);
        } else {
            terminal.out()
                    .printf("%s: %s, %.1f MB read, %.1f MB written in %.2f s%s%n", out,
                            recipe.method().name(), built.bytesRead() / 1e6,
                            built.bytesWritten() / 1e6, built.seconds(),
                            built.digest() == null ? "" : ", digest " + built.digest());
            if (built.accumulatedScale() != null) {
                terminal.out()
                        .printf("accumulated scale %s; to add a parent, list %s first with merged_scale: %s%n",
                                built.accumulatedScale(), out, built.accumulatedScale());
            }
        }
        return ExitCode.DONE;
    }
}
