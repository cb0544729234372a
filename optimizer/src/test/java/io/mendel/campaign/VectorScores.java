package io.mendel.campaign;

import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.EvaluationResult;
import io.mendel.benchmark.Evaluator;
import io.mendel.benchmark.ItemSet;
import io.mendel.benchmark.Partition;
import io.mendel.benchmark.Selection;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.runtime.InferenceEngine;
import io.mendel.runtime.Tokenizer;
import io.mendel.space.SearchSpace;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Scores gene vectors of a campaign for a search outside of Mendel, on the items that the campaign would use.
 *
 * <p>
 * Arguments: campaign file, seed, threads. Prints the number of genes. Then every line read, {@code search} or {@code test} and
 * one number in [0, 1] for each gene, is answered by a line with the main score, the mean of the campaign's objectives.
 */
final class VectorScores {

    private VectorScores() {}

    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]).toAbsolutePath();
        CampaignSpec spec = Campaigns.read(Files.readString(file), file,
                Map.of("search.seed", args[1]));
        int threads = Integer.parseInt(args[2]);
        var names = new LinkedHashSet<String>();
        names.add(Objects.requireNonNull(spec.models().base()));
        names.addAll(spec.models().parents());
        try (ParentModels parents = ParentModels.open(names, name -> spec.folder().resolve(name));
                Tokenizer tokenizer = Tokenizer.open(parents.donor());
                InferenceEngine engine = InferenceEngine.create(parents.config(), threads);
                Merger merger = Merger.create(parents.checkpoints(), StatisticsStore.inMemory(),
                        MergeKernels.preferred(), threads)) {
            Benchmark benchmark = BenchmarkFiles.load(
                    spec.tasks().stream().map(spec.folder()::resolve).toList(),
                    List.of(spec.folder()));
            CampaignSpec.Evaluation wanted = spec.evaluation();
            Partition items = benchmark.partition(Selection.named(wanted.selection()),
                    wanted.items(), wanted.validationItems(), Integer.MAX_VALUE,
                    spec.search().settings().seed());
            var evaluator = new Evaluator(benchmark, engine, tokenizer,
                    parents.config().maxPositions(), wanted.batchTokens());
            evaluator.prepare(items.search());
            evaluator.prepare(items.test());
            SearchSpace space = new Spaces(spec, parents).first();
            IO.println(space.genes().size());
            var reader = new BufferedReader(
                    new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] words = line.split(" ", -1);
                ItemSet set = words[0].equals("test") ? items.test() : items.search();
                double[] vector = Arrays.stream(words, 1, words.length)
                        .mapToDouble(Double::parseDouble)
                        .toArray();
                var plan = MergePlanner.plan(space.decode(vector), parents.checkpoints());
                IO.println(main(spec, evaluator.evaluate(
                        new MergedCandidate(parents.config(plan), merger.open(plan)), set)));
            }
        }
    }

    private static double main(CampaignSpec spec, EvaluationResult result) {
        return spec.objectives()
                .stream()
                .filter(objective -> spec.main().objectives().contains(objective.name()))
                .mapToDouble(objective -> result.score(Objects.requireNonNull(objective.task()),
                        objective.metric()))
                .average()
                .orElseThrow();
    }
}
