package io.mendel.cli;

import io.mendel.campaign.CampaignExport;
import io.mendel.merge.cuda.MergeDevice;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel export}: takes a candidate home as an ordinary checkpoint or as a recipe. */
@Command(name = "export", mixinStandardHelpOptions = true, description = "Writes the winner, or another candidate, as a Hugging Face folder, an ONNX model or a mergekit recipe.", footerHeading = "%nExamples:%n", footer = {
    "  mendel export campaigns/three-skills --out best",
    "  mendel export campaigns/three-skills --out best-onnx --format onnx",
    "  mendel export campaigns/three-skills --out know.yaml --candidate best:know --format recipe"})
final class ExportCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(paramLabel = "DIR", description = "The campaign's directory.")
    private Path directory = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "OUT", description = "The folder to write (for recipes, the file); must be new or empty.")
    private Path out = Path.of("");

    @Option(names = "--candidate", paramLabel = "WHICH", defaultValue = "winner", description = "winner, a candidate's id, knee, or best:OBJECTIVE (default: ${DEFAULT-VALUE}).")
    private String candidate = "winner";

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "hf", description = "hf, onnx or recipe (default: ${DEFAULT-VALUE}).")
    private String format = "hf";

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    ExportCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        var export = new CampaignExport(directory, candidate, out);
        if (format.equals("recipe")) {
            terminal.out().println(export.recipe());
            return ExitCode.DONE;
        }
        boolean onnx = Formats.isOnnx(format, List.of("hf", "onnx", "recipe"));
        try (MergeDevice opened = Devices.open(device);
                var progress = new ByteProgress(terminal, "export")) {
            terminal.out()
                    .println(onnx
                            ? export.onnx(progress, opened)
                            : export.folder(progress, opened));
        }
        return ExitCode.DONE;
    }
}
