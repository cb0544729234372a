package io.mendel.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.search.Algorithm;
import io.mendel.search.SearchBench;
import io.mendel.space.DocumentException;
import io.mendel.space.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;

/** {@code mendel bench}: measures Mendel itself. */
@Command(name = "bench", mixinStandardHelpOptions = true, description = "Measures Mendel itself.", synopsisSubcommandLabel = "WHAT", subcommands = {
    HelpCommand.class}, footerHeading = "%nExamples:%n", footer = {
        "  mendel bench search                              every algorithm with a bar, about five minutes",
        "  mendel bench search --problem dtlz2 --algorithm nsga3",
        "  mendel bench search --overhead                   time to breed a large generation"})
final class BenchCommand {

    private BenchCommand() {}

    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new BenchCommand()).addSubcommand(new Search(terminal));
    }

    /** The search algorithms on standard problems. */
    @Command(name = "search", mixinStandardHelpOptions = true, description = "Runs search algorithms on standard problems and holds them against bars; exits with 1 if one is missed.")
    static final class Search implements Callable<Integer> {

        /** One generation may take so long to breed. */
        private static final double BREEDING_BAR = 100;

        private final Terminal terminal;

        @Option(names = "--problem", paramLabel = "NAME", split = ",", description = "Only these problems.")
        private List<String> problems = List.of();

        @Option(names = "--algorithm", paramLabel = "NAME", split = ",", description = "Only these algorithms, also where they have no bar.")
        private List<String> algorithms = List.of();

        @Option(names = "--seeds", paramLabel = "N", description = "Runs of which the median is taken (default: 11; 15 with one objective).")
        private int seeds;

        @Option(names = "--overhead", description = "Instead, time how long a generation of 1,000 takes to breed.")
        private boolean overhead;

        @Option(names = "--json", description = "Print one JSON document.")
        private boolean json;

        Search(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() throws InvalidInputException {
            if (seeds < 0) {
                throw new DocumentException("--seeds", "", "at least 1 run is needed.",
                        "Leave it out for the usual number.");
            }
            var chosen = chosenAlgorithms();
            return overhead ? breeding(chosen) : rows(chosen);
        }

        private List<Algorithm> chosenAlgorithms() throws DocumentException {
            var chosen = new ArrayList<Algorithm>();
            for (String name : algorithms) {
                var algorithm = SearchBench.algorithm(name);
                if (algorithm == null) {
                    throw new DocumentException("--algorithm", "",
                            "unknown algorithm '" + name + "'.",
                            InvalidInputException.didYouMean(name,
                                    Arrays.stream(Algorithm.values())
                                            .map(Algorithm::key)
                                            .toList()));
                }
                chosen.add(algorithm);
            }
            return chosen;
        }

        private List<String> chosenProblems() throws DocumentException {
            for (String name : problems) {
                if (!SearchBench.problems().contains(name)) {
                    throw new DocumentException("--problem", "", "unknown problem '" + name + "'.",
                            InvalidInputException.didYouMean(name, SearchBench.problems()));
                }
            }
            return problems.isEmpty() ? SearchBench.problems() : problems;
        }

        private int rows(List<Algorithm> chosen) throws DocumentException {
            var rows = new ArrayList<SearchBench.Row>();
            print("%-14s %-11s %-12s %11s %6s %9s %9s %9s%n", "problem", "algorithm", "measure",
                    "evaluations", "seeds", "median", "bar", "best");
            for (String problem : chosenProblems()) {
                for (Algorithm algorithm : chosen.isEmpty()
                        ? SearchBench.judged(problem)
                        : chosen) {
                    var row = SearchBench.run(problem, algorithm, seeds);
                    rows.add(row);
                    print("%-14s %-11s %-12s %11d %6d %9.4f %9s %9.4f  %s%n", row.problem(),
                            row.algorithm().key(), row.measure(), row.evaluations(), row.seeds(),
                            row.median(), number(row.bar()), row.best(),
                            row.bar() == null ? "" : row.passed() ? "pass" : "MISSED");
                    terminal.out().flush();
                }
            }
            long missed = rows.stream().filter(row -> !row.passed()).count();
            if (json) {
                ObjectNode document = JsonOutput.object();
                var array = document.putArray("rows");
                rows.forEach(row -> array.addObject()
                        .put("problem", row.problem())
                        .put("algorithm", row.algorithm().key())
                        .put("measure", row.measure())
                        .put("evaluations", row.evaluations())
                        .put("seeds", row.seeds())
                        .put("median", row.median())
                        .put("bar", row.bar())
                        .put("best", row.best())
                        .put("passed", row.passed()));
                document.put("missed", missed);
                JsonOutput.print(terminal, document);
            } else {
                print("%s%n", missed == 0 ? "all bars reached" : missed + " missed");
            }
            return missed == 0 ? ExitCode.DONE : ExitCode.FAILED;
        }

        private static String number(@org.jspecify.annotations.Nullable Double bar) {
            return bar == null ? "-" : String.format(Locale.ROOT, "%.4f", bar);
        }

        private int breeding(List<Algorithm> chosen) {
            ObjectNode document = JsonOutput.object();
            var array = document.putArray("breeding");
            boolean passed = true;
            print("%-11s %10s %6s %10s %9s%n", "algorithm", "population", "genes", "objectives",
                    "ms");
            for (Algorithm algorithm : chosen.isEmpty() ? List.of(Algorithm.values()) : chosen) {
                double millis = SearchBench.breedingMillis(algorithm, 1000, 64, 3);
                passed &= millis < BREEDING_BAR;
                print("%-11s %10d %6d %10d %9.1f  %s%n", algorithm.key(), 1000, 64, 3, millis,
                        millis < BREEDING_BAR ? "pass" : "MISSED");
                array.addObject()
                        .put("algorithm", algorithm.key())
                        .put("population", 1000)
                        .put("genes", 64)
                        .put("objectives", 3)
                        .put("milliseconds", millis);
            }
            if (json) {
                JsonOutput.print(terminal, document);
            }
            return passed ? ExitCode.DONE : ExitCode.FAILED;
        }

        @SuppressWarnings("AnnotateFormatMethod") // its library is no dependency
        private void print(String format, Object... values) {
            if (!json) {
                terminal.out().printf(Locale.ROOT, format, values);
            }
        }
    }
}
