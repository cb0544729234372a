package io.mendel.cli;

import io.mendel.campaign.Enqueue;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mendel enqueue}: hands known recipes to a campaign. */
@Command(name = "enqueue", mixinStandardHelpOptions = true, description = {
    "Hands known recipes to a campaign, also while another process runs it.",
    "They are scored with the next generation, on top of the budget, and may win like any candidate."}, footerHeading = "%nExamples:%n", footer = {
        "  mendel enqueue campaigns/three-skills my-recipe.yaml",
        "  mendel enqueue campaigns/three-skills mine.yaml yours.yaml && mendel resume campaigns/three-skills"})
final class EnqueueCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "DIR", description = "The campaign's directory.")
    private Path directory = Path.of("");

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "RECIPE.yaml", description = "Recipes in mergekit's YAML, of the campaign's models.")
    private List<Path> recipes = List.of();

    EnqueueCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        Map<Path, String> texts = new LinkedHashMap<>();
        for (Path recipe : recipes) {
            texts.put(recipe, InputFiles.text(recipe));
        }
        Enqueue.Result result = new Enqueue(directory).add(texts);
        String when = switch (result.state()) {
            case RUNNING -> "the next generation takes them up";
            case PAUSED -> "taken up by: mendel resume " + directory;
            case FINISHED -> "the campaign is finished; taken up by: mendel resume " + directory;
        };
        terminal.out()
                .println("enqueued " + result.added() + " of " + texts.size()
                        + (result.added() < texts.size() ? " (the others were there before)" : "")
                        + "; " + when);
        return ExitCode.DONE;
    }
}
