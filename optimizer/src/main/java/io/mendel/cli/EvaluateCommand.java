package io.mendel.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.EvaluationResult;
import io.mendel.benchmark.ItemResult;
import io.mendel.benchmark.Selection;
import io.mendel.campaign.BenchmarkFiles;
import io.mendel.campaign.ModelEvaluation;
import io.mendel.campaign.Synergy;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.results.report.AtomicText;
import io.mendel.space.DocumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel evaluate}: scores models on tasks as lm-evaluation-harness does. */
@Command(name = "evaluate", mixinStandardHelpOptions = true, description = "Scores models, or recipes, on lm-evaluation-harness tasks; the numbers are the harness's.", footerHeading = "%nExamples:%n", footer = {
    "  mendel evaluate models/math-en --tasks tasks/arith_en.yaml",
    "  mendel evaluate a b recipe.yaml --tasks t1.yaml t2.yaml --items 200 --json --per-item items.jsonl",
    "  mendel evaluate recipe.yaml a b --tasks task.yaml --synergy"})
final class EvaluateCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "Model folders or recipes.")
    private List<Path> models = List.of();

    @Option(names = "--tasks", required = true, arity = "1..*", paramLabel = "TASK.yaml", description = "Task files.")
    private List<Path> taskFiles = List.of();

    @Option(names = "--items", paramLabel = "N", description = "Only the first N items of each task.")
    private @Nullable Integer items;

    @Option(names = "--batch-tokens", paramLabel = "N", defaultValue = "1024", description = "Padded tokens in one batch (default: ${DEFAULT-VALUE}).")
    private int batchTokens;

    @Option(names = "--threads", paramLabel = "N", description = "Threads (default: one for each core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    @Option(names = "--synergy", description = "The first model was merged from the others: how far is it above their mean, and is it better than each of them?")
    private boolean synergy;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Option(names = "--per-item", paramLabel = "FILE", description = "Write one JSON line for each item and model.")
    private @Nullable Path perItem;

    EvaluateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        try (MergeDevice opened = Devices.open(device)) {
            return evaluate(opened);
        }
    }

    private int evaluate(MergeDevice opened) throws Exception {
        if (threads < 1 || batchTokens < 1 || (items != null && items < 1)) {
            throw new DocumentException("evaluate", "",
                    "--threads, --batch-tokens and --items must be at least 1.",
                    "Leave them out for the defaults.");
        }
        if (synergy && models.size() < 2) {
            throw new DocumentException("evaluate", "",
                    "--synergy needs a merged model and its parents.",
                    "Write 'mendel evaluate MERGED PARENT... --tasks TASK.yaml --synergy'.");
        }
        Benchmark benchmark = BenchmarkFiles.load(taskFiles, List.of());
        var documents = JsonOutput.object();
        var array = documents.putArray("models");
        var evaluation = new ModelEvaluation(benchmark,
                benchmark.evaluated(Selection.FIRST, items == null ? Integer.MAX_VALUE : items, 0),
                threads, batchTokens, opened);
        var perItemLines = new ArrayList<String>();
        var results = new ArrayList<EvaluationResult>();
        for (Path model : models) {
            ModelEvaluation.Scored scored = isRecipe(model)
                    ? evaluation.recipe(InputFiles.text(model), model,
                            name -> ModelPaths.find(name, model))
                    : evaluation.model(model);
            array.add(json(model, scored));
            results.add(scored.result());
            for (ItemResult item : scored.result().items()) {
                ObjectNode line = JsonOutput.object().put("model", model.toString());
                line.setAll(item.toJson());
                perItemLines.add(line.toString());
            }
            if (!json) {
                print(model, scored);
            }
        }
        if (synergy) {
            var synergies = Synergy.of(benchmark, results.getFirst(),
                    results.subList(1, results.size()));
            documents.set("synergy", json(synergies));
            if (!json) {
                print(synergies);
            }
        }
        if (perItem != null) {
            write(perItem, perItemLines);
        }
        if (json) {
            JsonOutput.print(terminal, documents);
        }
        return ExitCode.DONE;
    }

    private static boolean isRecipe(Path model) {
        String name = String.valueOf(model.getFileName());
        return Files.isRegularFile(model) && (name.endsWith(".yaml") || name.endsWith(".yml"));
    }

    private static ObjectNode json(Path model, ModelEvaluation.Scored scored) {
        ObjectNode node = JsonOutput.object().put("model", model.toString());
        ObjectNode results = node.putObject("results");
        EvaluationResult result = scored.result();
        result.scores().forEach((task, metrics) -> {
            ObjectNode numbers = results.putObject(task);
            metrics.forEach((metric, value) -> {
                numbers.put(metric, value);
                OptionalDouble error = result.standardError(task, metric);
                if (error.isPresent()) {
                    numbers.put(metric + "_stderr", error.getAsDouble());
                } else {
                    numbers.put(metric + "_stderr", "N/A");
                }
            });
        });
        return node.put("items", result.items().size())
                .put("seconds", scored.seconds())
                .put("tokens", scored.tokens());
    }

    private void print(Path model, ModelEvaluation.Scored scored) {
        terminal.out()
                .printf(Locale.ROOT, "%s: %d items, %d tokens, %.2f s%n", model,
                        scored.result().items().size(),
                        scored.tokens(), scored.seconds());
        scored.result().scores().forEach((task, metrics) -> metrics.forEach((metric, value) -> {
            OptionalDouble error = scored.result().standardError(task, metric);
            terminal.out()
                    .printf(Locale.ROOT, "  %-20s %-28s %.4f%s%n", task, metric, value,
                            error.isPresent()
                                    ? String.format(Locale.ROOT, " ± %.4f", error.getAsDouble())
                                    : "");
        }));
    }

    private static ObjectNode json(SortedMap<String, SortedMap<String, Synergy>> synergies) {
        ObjectNode node = JsonOutput.object();
        synergies.forEach((task, metrics) -> {
            ObjectNode numbers = node.putObject(task);
            metrics.forEach((metric, one) -> numbers.putObject(metric)
                    .put("difference", one.difference())
                    .put("emergent", one.emergent()));
        });
        return node;
    }

    private void print(SortedMap<String, SortedMap<String, Synergy>> synergies) {
        terminal.out()
                .printf("synergy: %s less the mean of the %d others%n", models.getFirst(),
                        models.size() - 1);
        synergies.forEach((task, metrics) -> metrics.forEach((metric, one) -> terminal.out()
                .printf(Locale.ROOT, "  %-20s %-28s %+.4f%s%n", task, metric, one.difference(),
                        one.emergent() ? "  emergent: better than each of them" : "")));
    }

    private static void write(Path file, List<String> lines) throws DocumentException {
        try {
            AtomicText.write(file, String.join("\n", lines) + "\n");
        } catch (IOException e) {
            throw new DocumentException(file.toString(), "",
                    "the file cannot be written (" + e + ").",
                    "Choose a folder that exists and can be written.");
        }
    }
}
