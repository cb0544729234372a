package io.mendel.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.results.store.StoreException;
import io.mendel.space.InvalidInputException;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
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
@Command(name = "mendel", mixinStandardHelpOptions = true, version = "mendel 0.1.0", description = "Breeds model-merge recipes: merges parents, scores the candidates, keeps the trade-offs.", synopsisSubcommandLabel = "COMMAND", addMethodSubcommands = false, footerHeading = "%nExamples:%n", footer = {
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
        System.setProperty("java.util.logging.SimpleFormatter.format", "mendel: %5$s%6$s%n");
        if (args.length > 1) {
            Thread.ofPlatform().daemon().start(Mendel::prepareJson);
        }
        int code = run(Terminal.ofProcess(), args);
        if (code != 0 || !isLastThread()) {
            System.exit(code);
        }
    }

    /** Jackson prepares for dates of all countries and for numbers of any size: beside other work, that takes no time. */
    private static void prepareJson() {
        try {
            new ObjectMapper().readTree("0");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether Java ends with this thread. Its exit would look for a logger in all jars first, a tenth of a short run. */
    private static boolean isLastThread() {
        var threads = new Thread[Thread.activeCount() + 10];
        int count = Thread.enumerate(threads);
        return Arrays.stream(threads, 0, count)
                .allMatch(thread -> thread.isDaemon() || thread == Thread.currentThread());
    }

    /** Runs a command and returns its code. */
    static int run(Terminal terminal, String... args) {
        int code = commandLine(terminal, args.length == 0 ? "" : args[0]).execute(args);
        terminal.out().flush();
        return code;
    }

    /** The command line on these streams, with all commands. */
    static CommandLine commandLine(Terminal terminal) {
        return commandLine(terminal, "");
    }

    /**
     * The command line on these streams. If a command is called by its name, it is the only one: describing all of them
     * takes Java as long as it takes to start.
     */
    private static CommandLine commandLine(Terminal terminal, String first) {
        var commands = commands(terminal);
        Supplier<Object> called = commands.get(first);
        var line = new CommandLine(new Mendel());
        if (called == null) {
            line.addSubcommand(new HelpCommand());
        }
        (called == null ? commands.values() : List.of(called))
                .forEach(command -> line.addSubcommand(command.get()));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpWidth(110);
        line.setParameterExceptionHandler((failure, _) -> misused(failure, terminal));
        line.setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, terminal));
        return line;
    }

    private static SequencedMap<String, Supplier<Object>> commands(Terminal terminal) {
        var commands = new LinkedHashMap<String, Supplier<Object>>();
        commands.put("run", () -> new RunCommand(terminal));
        commands.put("resume", () -> new ResumeCommand(terminal));
        commands.put("status", () -> new StatusCommand(terminal));
        commands.put("watch", () -> new WatchCommand(terminal));
        commands.put("serve", () -> new ServeCommand(terminal));
        commands.put("enqueue", () -> new EnqueueCommand(terminal));
        commands.put("report", () -> new ReportCommand(terminal));
        commands.put("export", () -> new ExportCommand(terminal));
        commands.put("merge", () -> new MergeCommand(terminal));
        commands.put("evaluate", () -> new EvaluateCommand(terminal));
        commands.put("inspect", () -> new InspectCommand(terminal));
        commands.put("bundle", () -> new BundleCommand(terminal));
        commands.put("restore", () -> new RestoreCommand(terminal));
        commands.put("soup", () -> new SoupCommand(terminal));
        commands.put("recipe", () -> RecipeCommand.commandLine(terminal));
        commands.put("methods", () -> new MethodsCommand(terminal));
        commands.put("doctor", () -> new DoctorCommand(terminal));
        commands.put("bench", () -> BenchCommand.commandLine(terminal));
        return commands;
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
