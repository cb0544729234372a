package io.mendel.campaign;

import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.ItemResult;
import io.mendel.benchmark.Selection;
import io.mendel.benchmark.Task;
import io.mendel.benchmark.TaskLoader;
import io.mendel.results.Evaluation;
import io.mendel.results.EvaluationKey;
import io.mendel.results.ItemScores;
import io.mendel.results.Outcome;
import io.mendel.results.store.CampaignStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** First log-likelihoods of the held-out items, as text with four digits, from the store and from an exported model. */
final class WinnerItems {

    private WinnerItems() {}

    static List<String> ofCampaign(Path directory, long candidate) throws Exception {
        try (CampaignStore store = CampaignStore.read(directory)) {
            String recipe = Objects.requireNonNull(store.contents().candidate(candidate))
                    .recipeDigest();
            var key = new EvaluationKey(recipe,
                    Objects.requireNonNull(store.itemSets().get("test")),
                    store.info().settingsDigest());
            Evaluation evaluation = Objects.requireNonNull(store.find(key));
            var lines = new ArrayList<String>();
            for (ItemScores scores : ((Outcome.Finished) evaluation.outcome()).items()) {
                if (scores.metric().equals("loglikelihoods.0")) {
                    for (int i = 0; i < scores.docIds().length; i++) {
                        lines.add(line(scores.task(), scores.docIds()[i], scores.scores()[i]));
                    }
                }
            }
            return lines.stream().sorted().toList();
        }
    }

    static List<String> ofExport(Path model) throws Exception {
        var tasks = new ArrayList<Task>();
        for (String name : List.of("know_ja", "arith_en", "order_en")) {
            tasks.add(TaskLoader.load(SmallCampaign.DEMO.resolve("tasks/" + name + ".yaml"),
                    List.of(SmallCampaign.DEMO)));
        }
        Benchmark benchmark = Benchmark.of(tasks);
        var scored = new ModelEvaluation(benchmark, benchmark.evaluated(Selection.FIRST, 5, 0), 2,
                1024).model(model);
        var lines = new ArrayList<String>();
        for (ItemResult item : scored.result().items()) {
            lines.add(line(item.task(), item.docId(), item.logLikelihoods().getFirst()));
        }
        return lines.stream().sorted().toList();
    }

    private static String line(String task, int docId, double logLikelihood) {
        return String.format(Locale.ROOT, "%s %d %.4f", task, docId, logLikelihood);
    }
}
