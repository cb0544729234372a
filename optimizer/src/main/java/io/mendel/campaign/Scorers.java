package io.mendel.campaign;

import io.mendel.benchmark.Benchmark;
import io.mendel.benchmark.Evaluator;
import io.mendel.benchmark.ItemSet;
import io.mendel.benchmark.TaskException;
import io.mendel.merge.Merger;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.runtime.InferenceEngine;
import io.mendel.runtime.PrefixCache;
import io.mendel.runtime.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Makes the scorers of a campaign's workers.
 *
 * @param options workers and threads
 * @param benchmark the tasks
 * @param tokenizer the candidates' tokenizer
 * @param items the items of each role, in the parts in which they are scored
 * @param objectives what is measured
 * @param batchTokens padded tokens in one batch
 * @param cache hidden states that all workers share
 * @param wrapping puts something else in front of each scorer, or nothing
 */
record Scorers(CampaignSession.Options options, Benchmark benchmark, Tokenizer tokenizer,
        Racing items, List<ObjectiveDefinition> objectives, int batchTokens,
        PrefixCache cache, UnaryOperator<RecipeScorer> wrapping) {

    /**
     * One scorer for each worker.
     *
     * @param parents the models that recipes name
     * @param merger of these models
     */
    List<RecipeScorer> on(ParentModels parents, Merger merger) throws TaskException {
        var scorers = new ArrayList<RecipeScorer>();
        int threads = Math.max(1, options.threads() / options.workers());
        Evaluator evaluator = null;
        for (int i = 0; i < options.workers(); i++) {
            InferenceEngine engine = InferenceEngine.create(parents.config(), threads, cache,
                    options.device().resultMemory());
            evaluator = evaluator != null
                    ? evaluator.on(engine)
                    : new Evaluator(benchmark, engine, tokenizer,
                            parents.config().maxPositions(), batchTokens);
            for (ItemSet set : items.sets()) {
                if (set.size() > 0) {
                    evaluator.prepare(set);
                }
            }
            scorers.add(wrapping.apply(
                    new ModelScorer(parents, merger, engine, evaluator, items, objectives)));
        }
        return scorers;
    }
}
