package io.mendel.cli;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.results.store.StoreException;
import io.mendel.space.InvalidInputException;
import java.io.IOException;
import java.util.SortedSet;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code mendel} command.
 *
 * @since 0.1
 */
@Command(name = "mendel", mixinStandardHelpOptions = true, version = "mendel 0.1.0", description = "Breeds model-merge recipes: merges parents, scores the candidates, keeps the trade-offs.", synopsisSubcommandLabel = "COMMAND", subcommands = {
    HelpCommand.class}, footerHeading = "%nExamples:%n", footer = {
        "  mendel run optimizer/demo/campaign.yaml          search, report and pick a winner",
        "  mendel status campaigns/three-skills --json      where a campaign stands",
        "  mendel watch campaigns/three-skills              look on while it runs",
        "  mendel export campaigns/three-skills --out best  take the winner home",
        "  mendel merge recipe.yaml merged                  build one recipe",
        "  mendel evaluate merged --tasks task.yaml         score models on tasks"}, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
            "0:done", "1:the work failed", "2:the input is wrong",
            "3:stopped early, everything saved",
            "70:a bug in Mendel"})
public final class Mendel {

    private Mendel() {}

    /**
     * Runs a command and exits with its code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        int code = commandLine(terminal).execute(args);
        terminal.out().flush();
        System.exit(code);
    }

    /** The command line on these streams, for {@code main} and for tests. */
    static CommandLine commandLine(Terminal terminal) {
        var line = new CommandLine(new Mendel());
        for (Object command : new Object[]{new RunCommand(terminal), new ResumeCommand(terminal),
            new StatusCommand(terminal), new WatchCommand(terminal), new ServeCommand(terminal),
            new EnqueueCommand(terminal), new ReportCommand(terminal), new ExportCommand(terminal),
            new MergeCommand(terminal), new EvaluateCommand(terminal), new InspectCommand(terminal),
            new BundleCommand(terminal), new RestoreCommand(terminal), new SoupCommand(terminal),
            RecipeCommand.commandLine(terminal), new MethodsCommand(terminal),
            new DoctorCommand(terminal), BenchCommand.commandLine(terminal)}) {
            line.addSubcommand(command);
        }
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpWidth(110);
        line.setParameterExceptionHandler((failure, _) -> misused(failure, terminal));
        line.setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, terminal));
        return line;
    }

    /** One line instead of picocli's whole usage text, which buries the message. */
    private static int misused(ParameterException failure, Terminal terminal) {
        CommandLine command = failure.getCommandLine();
        String problem = String.valueOf(failure.getMessage()).replaceAll("\\s+", " ");
        String near = failure instanceof UnmatchedArgumentException unmatched
                ? " " + InvalidInputException.didYouMean(unmatched.getUnmatched().getFirst(),
                        known(command))
                : "";
        terminal.err()
                .println("mendel: " + problem.replaceAll("\\.$", "") + "." + near + " See '"
                        + command.getCommandSpec().qualifiedName() + " --help'.");
        return ExitCode.INPUT;
    }

    private static SortedSet<String> known(CommandLine command) {
        var known = new TreeSet<>(command.getSubcommands().keySet());
        known.addAll(command.getCommandSpec().optionsMap().keySet());
        return known;
    }

    /** One line for what a user can mend; the whole trace for what only we can. */
    private static int explain(Exception failure, Terminal terminal) {
        if (failure instanceof InvalidInputException) {
            terminal.err()
                    .println("mendel: " + String.valueOf(failure.getMessage()).replace('\n', ' '));
            return isDiskFull(failure) ? ExitCode.FAILED : ExitCode.INPUT;
        }
        if (failure instanceof IOException) {
            terminal.err().println("mendel: a file cannot be read or written: " + failure);
            return ExitCode.FAILED;
        }
        terminal.err()
                .println("mendel: this is a bug in Mendel, please report it with the lines below.");
        failure.printStackTrace(terminal.err());
        return ExitCode.BUG;
    }

    private static boolean isDiskFull(Exception failure) {
        return switch (failure) {
            case StoreException store -> store.kind() == StoreException.Kind.DISK_FULL;
            case CheckpointException output ->
                output.kind() == CheckpointException.Kind.DISK_FULL;
            default -> false;
        };
    }
}
