package io.mendel.campaign;

import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.Evaluator;
import io.mendel.benchmark.Selection;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.runtime.InferenceEngine;
import io.mendel.runtime.Tokenizer;
import io.mendel.space.LayersAndNames;
import io.mendel.space.MergeMethods;
import io.mendel.space.ParameterSpace;
import io.mendel.space.ParameterSpaceSettings;
import io.mendel.space.ParameterSpaceSettings.Range;
import io.mendel.space.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Measures whole candidates of the demo, from recipe to scores: plan, merge and score 600 items. Arguments: threads,
 * candidates. Also prints the resident memory, to see that it does not grow.
 */
final class CandidateBench {

    private static final int WARM_UP = 10;

    private CandidateBench() {}

    public static void main(String[] args) throws Exception {
        int threads = Integer.parseInt(args[0]);
        int candidates = Integer.parseInt(args[1]);
        Path demo = Path.of(args[2]);
        var names = List.of("models/base", "models/math-en", "models/chat-ja", "models/sort-en");
        try (ParentModels parents = ParentModels.open(names, demo::resolve);
                Tokenizer tokenizer = Tokenizer.open(parents.donor());
                InferenceEngine engine = InferenceEngine.create(parents.config(), threads);
                Merger merger = Merger.create(parents.checkpoints(), StatisticsStore.inMemory(),
                        MergeKernels.preferred(), threads)) {
            Benchmark benchmark = BenchmarkFiles.load(List.of(demo.resolve("tasks/know_ja.yaml"),
                    demo.resolve("tasks/arith_en.yaml"), demo.resolve("tasks/order_en.yaml")),
                    List.of(demo));
            var items = benchmark.partition(Selection.FIRST, 200, 0, 0, 1).search();
            var evaluator = new Evaluator(benchmark, engine, tokenizer,
                    parents.config().maxPositions(), 1024);
            evaluator.prepare(items);
            int layers = parents.config().layers();
            for (var method : List.of(MergeMethods.TASK_ARITHMETIC, MergeMethods.TIES,
                    MergeMethods.DARE_TIES)) {
                var space = new ParameterSpace(
                        new ParameterSpaceSettings("models/base", names.subList(1, 4),
                                List.of(method), new LayersAndNames(layers, parents.outerTensors()),
                                ParameterSpaceSettings.equalGroups(layers, layers), List.of(),
                                new Range(0, 2),
                                new Range(0.05, 1), 1));
                var random = new SplittableRandom(1);
                double[] seconds = new double[candidates];
                for (int i = -WARM_UP; i < candidates; i++) {
                    Recipe recipe = space.decode(random.doubles(space.genes().size()).toArray());
                    long start = System.nanoTime();
                    var plan = MergePlanner.plan(recipe, parents.checkpoints());
                    evaluator.evaluate(new MergedCandidate(parents.config(), merger.open(plan)),
                            items);
                    if (i >= 0) {
                        seconds[i] = (System.nanoTime() - start) / 1e9;
                    }
                }
                Arrays.sort(seconds);
                IO.println(
                        "%-16s %d items, %d threads: median %.3f s, fastest %.3f s a candidate; resident %s"
                                .formatted(
                                        method.name(), items.size(), threads,
                                        seconds[candidates / 2], seconds[0], resident()));
            }
        }
    }

    private static String resident() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/status"))
                .stream()
                .filter(line -> line.startsWith("VmRSS"))
                .findFirst()
                .orElse("VmRSS unknown");
    }
}
