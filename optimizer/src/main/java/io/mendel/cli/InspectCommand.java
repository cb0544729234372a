package io.mendel.cli;

import io.mendel.results.store.CampaignStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel inspect}: what a model, adapter, recipe or campaign is, after checking all of it. */
@Command(name = "inspect", mixinStandardHelpOptions = true, description = {
    "Checks a model folder, a safetensors file, an adapter, a recipe or a campaign and shows what it is.",
    "Given several models, shows for each layer how the others differ from the first: norms of their deltas, the cosines between them, and which deltas are not independent."}, footerHeading = "%nExamples:%n", footer = {
        "  mendel inspect models/math-en",
        "  mendel inspect models/base models/math-en models/chat-ja   compare them",
        "  mendel inspect recipe.yaml --json",
        "  mendel inspect my-adapter --base models/base"})
final class InspectCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(arity = "1..*", paramLabel = "PATH", description = "A model folder, .safetensors file, adapter folder, recipe or campaign; or several model folders.")
    private List<Path> paths = List.of();

    @Option(names = "--base", paramLabel = "MODEL", description = "The model an adapter belongs to.")
    private @Nullable Path base;

    @Option(names = "--tensors", description = "Of several models: also a line for each tensor (--json always has them).")
    private boolean tensors;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    InspectCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        Inspection inspection = inspect();
        if (json) {
            JsonOutput.print(terminal, inspection.json());
        } else {
            terminal.out().print(inspection.text());
        }
        return ExitCode.DONE;
    }

    private Inspection inspect() throws Exception {
        if (paths.size() > 1) {
            return ComparisonText.inspect(paths, tensors);
        }
        Path path = paths.getFirst();
        String name = String.valueOf(path.getFileName());
        if (CampaignStore.exists(path)) {
            return Inspection.campaign(path);
        }
        if (Files.exists(path.resolve("adapter_config.json"))
                || Files.exists(path.resolve("adapter_model.safetensors"))
                || base != null) {
            return Inspection.adapter(path, base);
        }
        if (name.endsWith(".safetensors")) {
            return Inspection.file(path);
        }
        if (name.endsWith(".yaml") || name.endsWith(".yml")) {
            return Inspection.recipe(path);
        }
        return Inspection.model(path);
    }
}
