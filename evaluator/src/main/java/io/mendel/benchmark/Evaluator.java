package io.mendel.benchmark;

import io.mendel.runtime.CandidateModel;
import io.mendel.runtime.GenerationRequest;
import io.mendel.runtime.InferenceEngine;
import io.mendel.runtime.InferenceException;
import io.mendel.runtime.TargetScores;
import io.mendel.runtime.Tokenizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Scores candidates on item sets.
 *
 * <p>
 * The token ids and batches of an item set are prepared once and shared by all candidates. Results depend on the weights
 * and the item set only. Thread-safe as far as the engine is. The caller closes engine and tokenizer.
 *
 * @since 0.1
 */
public final class Evaluator {

    private final Benchmark benchmark;
    private final InferenceEngine engine;
    private final TextCodec codec;
    private final int maxLength;
    private final int batchTokens;
    /** By the digest of the item set; shared with the evaluators made {@link #on} other engines. */
    private final Map<String, PreparedItems> prepared;

    /**
     * An evaluator for models that share a shape and a tokenizer.
     *
     * @param benchmark the tasks
     * @param engine runs the candidates
     * @param tokenizer the candidates' tokenizer
     * @param maxLength longest input in tokens, usually the model's {@code max_position_embeddings}; longer prompts lose
     *            their beginning
     * @param batchTokens tokens computed in one call, at least 1
     */
    public Evaluator(Benchmark benchmark, InferenceEngine engine, Tokenizer tokenizer,
            int maxLength, int batchTokens) {
        if (maxLength < 2 || batchTokens < 1) {
            throw new IllegalArgumentException(
                    "The length must be at least 2 and a batch have at least 1 token, not "
                            + maxLength
                            + " and " + batchTokens + ".");
        }
        this(benchmark, engine, new TokenizerCodec(tokenizer), maxLength, batchTokens,
                new HashMap<>());
    }

    private Evaluator(Benchmark benchmark, InferenceEngine engine, TextCodec codec, int maxLength,
            int batchTokens, Map<String, PreparedItems> prepared) {
        this.benchmark = benchmark;
        this.engine = engine;
        this.codec = codec;
        this.maxLength = maxLength;
        this.batchTokens = batchTokens;
        this.prepared = prepared;
    }

    /** This evaluator on another engine; both share the token ids of item sets. */
    public Evaluator on(InferenceEngine other) {
        return new Evaluator(benchmark, other, codec, maxLength, batchTokens, prepared);
    }

    /** The tasks. */
    public Benchmark benchmark() {
        return benchmark;
    }

    /**
     * Tokenizes an item set, so that mistakes show before the first candidate; later calls cost nothing.
     *
     * @return the number of input tokens that each candidate computes, equal inputs counted once
     * @throws TaskException if a prompt cannot be written or does not fit the model
     */
    public long prepare(ItemSet items) throws TaskException {
        return prepared(items).promptTokens();
    }

    private PreparedItems prepared(ItemSet items) throws TaskException {
        synchronized (prepared) {
            PreparedItems known = prepared.get(items.digest());
            if (known == null) {
                known = new PreparedItems(benchmark, items, codec, maxLength, batchTokens);
                prepared.put(items.digest(), known);
            }
            return known;
        }
    }

    /**
     * Scores a candidate.
     *
     * @param candidate of the engine's configuration
     * @param items what to ask
     * @return the result; a model that produces NaN gives a result that is not {@link EvaluationResult#finite()}
     * @throws TaskException if a prompt cannot be written or does not fit the model
     * @throws InferenceException if the model cannot be run
     */
    public EvaluationResult evaluate(CandidateModel candidate, ItemSet items)
            throws TaskException, InferenceException {
        PreparedItems prepared = prepared(items);
        List<Integer> endTokens = candidate.config().eosTokens();
        List<TargetScores> scores = prepared.scores()
                ? engine.score(candidate, prepared.plan())
                : List.of();
        List<GenerationRequest> requests = prepared.generations(endTokens);
        List<int[]> generated = requests.isEmpty()
                ? List.of()
                : engine.generate(candidate, requests);
        return EvaluationResult.of(benchmark, prepared.results(scores, generated, endTokens),
                List.of(items));
    }
}
