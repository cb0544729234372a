package io.mendel.cli;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.merge.TallBundleWriter;
import io.mendel.merge.WriteOptions;
import io.mendel.space.MergekitReader;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel bundle}: compresses fine-tuned models into one base, one vector and one bit per parameter. */
@Command(name = "bundle", mixinStandardHelpOptions = true, description = "Compresses the models of a consensus recipe into a bundle, from which each can be restored.", footerHeading = "%nExamples:%n", footer = {
    "  mendel bundle consensus.yaml bundle",
    "  mendel restore bundle math-en restored"})
final class BundleCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "RECIPE.yaml", description = "A recipe with merge_method: consensus.")
    private Path file = Path.of("");

    @Parameters(index = "1", paramLabel = "OUT", description = "The folder of the bundle; must be new or empty.")
    private Path out = Path.of("");

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    BundleCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        Recipe recipe = MergekitReader.read(InputFiles.text(file), file.toString());
        Map<String, Checkpoint> models = new LinkedHashMap<>();
        try {
            long modelBytes = 0;
            for (String name : recipe.models()) {
                Checkpoint model = Checkpoint.open(ModelPaths.find(name, file));
                models.put(name, model);
                model.requireFinite();
                modelBytes += model.tensors()
                        .values()
                        .stream()
                        .mapToLong(info -> info.byteSize())
                        .sum();
            }
            long bytes = TallBundleWriter.write(recipe, models, out,
                    WriteOptions.DEFAULT.maxShardBytes());
            if (json) {
                JsonOutput.print(terminal,
                        JsonOutput.object()
                                .put("out", out.toString())
                                .put("bytes", bytes)
                                .put("model_bytes", modelBytes));
            } else {
                terminal.out()
                        .printf("%s: %.1f MB for %d models of %.1f MB together%n", out,
                                bytes / 1e6, models.size(), modelBytes / 1e6);
            }
            return ExitCode.DONE;
        } finally {
            models.values().forEach(Checkpoint::close);
        }
    }
}
