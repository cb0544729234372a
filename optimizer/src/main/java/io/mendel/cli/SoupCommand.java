package io.mendel.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.EvaluationResult;
import io.mendel.benchmark.Selection;
import io.mendel.benchmark.Task;
import io.mendel.benchmark.TaskException;
import io.mendel.campaign.BenchmarkFiles;
import io.mendel.campaign.GreedySoup;
import io.mendel.campaign.GreedySoup.Soup;
import io.mendel.campaign.GreedySoup.Step;
import io.mendel.campaign.ModelBuild;
import io.mendel.campaign.ModelEvaluation;
import io.mendel.merge.WriteOptions;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.results.report.AtomicText;
import io.mendel.space.DocumentException;
import io.mendel.space.MergekitWriter;
import io.mendel.space.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mendel soup}: averages those models that make the average better. */
@Command(name = "soup", mixinStandardHelpOptions = true, description = "Cooks a greedy soup: adds models to the average as long as the score rises, and writes it.", footerHeading = "%nExamples:%n", footer = {
    "  mendel soup models/a models/b models/c --tasks tasks/arith_en.yaml soup",
    "  mendel soup models/a models/b --tasks t1.yaml t2.yaml --metric acc --items 200 --accept-ties soup --json"})
final class SoupCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(arity = "1..*", paramLabel = "MODEL... OUT", hideParamSyntax = true, description = "Model folders, then the folder of the soup, which must be new or empty; OUT may also stand at the very end.")
    private List<String> models = List.of();

    private Path out = Path.of("");

    @Option(names = "--tasks", required = true, arity = "1..*", paramLabel = "TASK.yaml", description = "Task files; the score is the mean over tasks.")
    private List<Path> taskFiles = List.of();

    @Option(names = "--metric", paramLabel = "NAME", description = "The metric of each task (default: its first).")
    private @Nullable String metric;

    @Option(names = "--items", paramLabel = "N", description = "Only the first N items of each task.")
    private @Nullable Integer items;

    @Option(names = "--accept-ties", description = "Accept a model that leaves the score as it is.")
    private boolean acceptTies;

    @Option(names = "--threads", paramLabel = "N", description = "Threads (default: one for each core).")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--batch-tokens", paramLabel = "N", defaultValue = "1024", description = "Padded tokens in one batch (default: ${DEFAULT-VALUE}).")
    private int batchTokens;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "auto", description = "auto, cpu or cuda:N (default: ${DEFAULT-VALUE}).")
    private String device = "auto";

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    SoupCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        try (MergeDevice opened = Devices.open(device)) {
            return cook(opened);
        }
    }

    private int cook(MergeDevice opened) throws Exception {
        if (threads < 1 || batchTokens < 1 || (items != null && items < 1)) {
            throw new DocumentException("soup", "",
                    "--threads, --batch-tokens and --items must be at least 1.",
                    "Leave them out for the defaults.");
        }
        if (models.stream().distinct().count() < models.size()) {
            throw new DocumentException("soup", "", "a model is listed twice.",
                    "List each model once.");
        }
        takeOut();
        Benchmark benchmark = BenchmarkFiles.load(taskFiles, List.of());
        Map<String, String> metrics = metrics(benchmark);
        var evaluation = new ModelEvaluation(benchmark,
                benchmark.evaluated(Selection.FIRST, items == null ? Integer.MAX_VALUE : items, 0),
                threads, batchTokens, opened);
        Soup soup = new GreedySoup(acceptTies).cook(models.size(), ingredients -> {
            String recipe = MergekitWriter.write(GreedySoup.recipe(names(ingredients)));
            return score(benchmark, metrics,
                    evaluation.recipe(recipe, Path.of("soup.yaml"), Path::of).result());
        });
        Recipe recipe = GreedySoup.recipe(names(soup.ingredients()));
        try (var progress = new ByteProgress(terminal, "soup")) {
            new ModelBuild(Path::of, threads, WriteOptions.DEFAULT.undigested(), opened)
                    .write(recipe, out, progress);
        }
        writeRecipe(recipe);
        if (json) {
            JsonOutput.print(terminal, json(soup));
        } else {
            print(soup);
        }
        return ExitCode.DONE;
    }

    /** The last word is the output folder, whether it stands behind the models or behind the tasks. */
    private void takeOut() throws DocumentException {
        Path last = taskFiles.getLast();
        String name = String.valueOf(last.getFileName());
        if (taskFiles.size() > 1 && !name.endsWith(".yaml") && !name.endsWith(".yml")) {
            out = last;
            taskFiles = taskFiles.subList(0, taskFiles.size() - 1);
        } else {
            out = Path.of(models.getLast());
            models = models.subList(0, models.size() - 1);
        }
        if (models.isEmpty()) {
            throw new DocumentException("soup", "", "models and an output folder are required.",
                    "Write 'mendel soup MODEL... OUT --tasks TASK.yaml'.");
        }
    }

    private List<String> names(List<Integer> ingredients) {
        return ingredients.stream().map(models::get).toList();
    }

    private Map<String, String> metrics(Benchmark benchmark) throws TaskException {
        Map<String, String> metrics = new HashMap<>();
        for (Task task : benchmark.tasks()) {
            metrics.put(task.name(),
                    metric == null ? task.resultNames().getFirst() : task.resultName(metric));
        }
        return metrics;
    }

    /** The mean of the tasks' metrics, those that should be small with the opposite sign. */
    private static double score(Benchmark benchmark, Map<String, String> metrics,
            EvaluationResult result) {
        double sum = 0;
        for (Task task : benchmark.tasks()) {
            String name = metrics.getOrDefault(task.name(), "");
            double value = result.score(task.name(), name);
            sum += task.higherIsBetter(name) ? value : -value;
        }
        return sum / benchmark.tasks().size();
    }

    private void writeRecipe(Recipe recipe) throws DocumentException {
        Path file = out.resolve("mergekit_config.yml");
        try {
            AtomicText.write(file, MergekitWriter.write(recipe));
        } catch (IOException e) {
            throw new DocumentException(file.toString(), "",
                    "the file cannot be written (" + e + ").",
                    "Choose a folder that can be written.");
        }
    }

    private void print(Soup soup) {
        terminal.out().printf(Locale.ROOT, "%-40s %10s %10s  %s%n", "model", "alone", "soup", "");
        int first = soup.order().getFirst();
        terminal.out()
                .printf(Locale.ROOT, "%-40s %10.4f %10.4f  %s%n", models.get(first),
                        soup.single().get(first), soup.single().get(first), "added");
        for (Step step : soup.trace()) {
            terminal.out()
                    .printf(Locale.ROOT, "%-40s %10.4f %10.4f  %s%n", models.get(step.model()),
                            soup.single().get(step.model()), step.score(),
                            step.accepted() ? "added" : "left out");
        }
        terminal.out()
                .printf(Locale.ROOT, "%s: %d of %d models, score %.4f%n", out,
                        soup.ingredients().size(), models.size(), soup.score());
    }

    private ObjectNode json(Soup soup) {
        ObjectNode document = JsonOutput.object()
                .put("out", out.toString())
                .put("score", soup.score());
        names(soup.ingredients()).forEach(document.putArray("ingredients")::add);
        ObjectNode single = document.putObject("single");
        for (int m = 0; m < models.size(); m++) {
            single.put(models.get(m), soup.single().get(m));
        }
        var trace = document.putArray("trace");
        for (Step step : soup.trace()) {
            trace.addObject()
                    .put("model", models.get(step.model()))
                    .put("score", step.score())
                    .put("accepted", step.accepted());
        }
        return document;
    }
}
