package io.mendel.campaign;

import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.EvaluationResult;
import io.mendel.benchmark.Evaluator;
import io.mendel.benchmark.ItemResult;
import io.mendel.benchmark.ItemSet;
import io.mendel.benchmark.Partition;
import io.mendel.benchmark.Selection;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.results.PairedTest;
import io.mendel.runtime.InferenceEngine;
import io.mendel.runtime.PrefixCache;
import io.mendel.runtime.Tokenizer;
import io.mendel.space.LayerRange;
import io.mendel.space.MergeMethods;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Scores every path that is one edit away from the path of a campaign's winner: skip, repeat and swap layers, take a
 * parent's layer, scale the hidden state before a layer.
 *
 * <p>
 * Prints for each the main score's change on the search, validation and held-out items with its standard error, which
 * is that of the differences item by item. Arguments: the directory of a finished campaign over merge parameters, whose
 * main objective is a mean of tasks, threads, and a folder for the winner's model.
 */
final class PathNeighbours {

    private static final double[] SCALES = {0.8, 0.9, 0.95, 1.05, 1.1, 1.25};
    private static final String WINNER = "winner";

    private final ParentModels models;
    private final Merger merger;
    private final Evaluator evaluator;
    private final CampaignSpec spec;

    private PathNeighbours(ParentModels models, Merger merger, Evaluator evaluator,
            CampaignSpec spec) {
        this.models = models;
        this.merger = merger;
        this.evaluator = evaluator;
        this.spec = spec;
    }

    /** A layer of a model behind a factor. */
    private record Step(String model, int layer, double scale) {}

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int threads = Integer.parseInt(args[1]);
        Path folder = Path.of(args[2]);
        CampaignSummary summary = CampaignSummary.read(directory);
        CampaignSpec spec = summary.spec();
        if (!Files.exists(folder.resolve("config.json"))) {
            StageBorder.build(spec, threads, MergeDevice.processor(),
                    summary.recipe(
                            Objects.requireNonNull(summary.contents().winner()).candidate()),
                    folder);
        }
        var names = new ArrayList<>(List.of(WINNER));
        names.addAll(spec.models().parents());
        try (ParentModels models = ParentModels.open(names,
                name -> name.equals(WINNER) ? folder : spec.folder().resolve(name));
                Tokenizer tokenizer = Tokenizer.open(models.donor());
                var cache = new PrefixCache(600_000_000);
                InferenceEngine engine = InferenceEngine.create(models.config(), threads, cache,
                        Arena::ofShared);
                Merger merger = Merger.create(models.checkpoints(), StatisticsStore.inMemory(),
                        MergeKernels.preferred(), threads)) {
            Benchmark benchmark = BenchmarkFiles.load(
                    spec.tasks().stream().map(spec.folder()::resolve).toList(),
                    List.of(spec.folder()));
            var wanted = spec.evaluation();
            Partition items = benchmark.partition(
                    Selection.valueOf(wanted.selection().toUpperCase(Locale.ROOT)), wanted.items(),
                    wanted.validationItems(), Integer.MAX_VALUE, spec.search().settings().seed());
            var evaluator = new Evaluator(benchmark, engine, tokenizer,
                    models.config().maxPositions(), wanted.batchTokens());
            new PathNeighbours(models, merger, evaluator, spec)
                    .print(List.of(items.search(), items.validation(), items.test()));
        }
    }

    private void print(List<ItemSet> splits) throws Exception {
        for (ItemSet split : splits) {
            evaluator.prepare(split);
        }
        var own = new ArrayList<Step>();
        for (int layer = 0; layer < models.config().layers(); layer++) {
            own.add(new Step(WINNER, layer, 1));
        }
        var before = new ArrayList<Map<String, double[]>>();
        for (ItemSet split : splits) {
            before.add(scores(own, split));
        }
        IO.println("edit\tlayers\tsearch\terror\tvalidation\terror\theld-out\terror");
        for (var edit : edits(own).entrySet()) {
            var line = new StringBuilder(edit.getKey() + "\t" + edit.getValue().size());
            for (int i = 0; i < splits.size(); i++) {
                line.append('\t')
                        .append(change(before.get(i), scores(edit.getValue(), splits.get(i))));
            }
            IO.println(line);
        }
    }

    private Map<String, List<Step>> edits(List<Step> own) {
        var edits = new LinkedHashMap<String, List<Step>>();
        for (int i = 0; i < own.size(); i++) {
            Step step = own.get(i);
            var skipped = new ArrayList<>(own);
            skipped.remove(i);
            edits.put("skip " + i, skipped);
            var repeated = new ArrayList<>(own);
            repeated.add(i, step);
            edits.put("repeat " + i, repeated);
            if (i + 1 < own.size()) {
                var swapped = new ArrayList<>(own);
                swapped.set(i, own.get(i + 1));
                swapped.set(i + 1, step);
                edits.put("swap " + i, swapped);
            }
            for (String parent : spec.models().parents()) {
                var replaced = new ArrayList<>(own);
                replaced.set(i, new Step(parent, step.layer(), 1));
                edits.put("replace " + i + " by " + Path.of(parent).getFileName(), replaced);
            }
            // Layers see the hidden state normalised, so a factor before the first is none.
            for (double scale : i == 0 ? new double[0] : SCALES) {
                var scaled = new ArrayList<>(own);
                scaled.set(i, new Step(WINNER, step.layer(), scale));
                edits.put("scale " + i + " by " + scale, scaled);
            }
        }
        return edits;
    }

    /** The main metric of each task, item by item. */
    private Map<String, double[]> scores(List<Step> path, ItemSet split) throws Exception {
        var slices = path.stream()
                .map(step -> Slice.of(List.of(new Source(step.model(),
                        new LayerRange(step.layer(), step.layer() + 1), new TreeMap<>()))))
                .toList();
        Recipe recipe = new Recipe(MergeMethods.PASSTHROUGH, null, slices, new TreeMap<>(), null,
                null, 0).withScales(path.stream().map(Step::scale).toList());
        var plan = MergePlanner.plan(recipe, models.checkpoints());
        EvaluationResult result = evaluator.evaluate(
                new MergedCandidate(models.config(plan), merger.open(plan)), split);
        var scores = new TreeMap<String, double[]>();
        for (var objective : spec.objectives()) {
            if (objective.task() != null && spec.main().objectives().contains(objective.name())) {
                scores.put(objective.task(), result.items(objective.task())
                        .stream()
                        .map(ItemResult::metrics)
                        .mapToDouble(m -> Objects.requireNonNull(m.get(objective.metric())))
                        .toArray());
            }
        }
        return scores;
    }

    private static String change(Map<String, double[]> before, Map<String, double[]> after) {
        PairedGain gain = PairedGain.of(before.keySet()
                .stream()
                .map(task -> new PairedGain.Part(task,
                        new PairedTest.Pairs(Objects.requireNonNull(after.get(task)),
                                Objects.requireNonNull(before.get(task)))))
                .toList(), Main.Rule.MEAN);
        return String.format(Locale.ROOT, "%+.4f\t%.4f", gain.gain(), gain.error());
    }
}
