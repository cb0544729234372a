package io.mendel.benchmark;

import io.mendel.benchmark.TaskException.Kind;
import io.mendel.runtime.GenerationRequest;
import io.mendel.runtime.ScoredSequence;
import io.mendel.runtime.ScoringPlan;
import io.mendel.runtime.TargetScores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An item set as token ids: built once, used for every candidate. Immutable. */
final class PreparedItems {

    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, ItemScorer> scorers = new LinkedHashMap<>();
    private final ScoringPlan plan;
    private final TextCodec codec;
    private long promptTokens;

    /**
     * A document and where its answers are found.
     *
     * @param likelihoods for each request its windows; empty for generation
     * @param prompt the prompt of a generation, else empty
     */
    @SuppressWarnings("ArrayRecordComponent")
    private record Entry(Task task, Item item, List<List<InputPool.Reference>> likelihoods,
            int[] prompt) {
        boolean generates() {
            return task.outputType() == OutputType.GENERATE_UNTIL;
        }
    }

    PreparedItems(Benchmark benchmark, ItemSet set, TextCodec codec, int maxLength, int batchTokens)
            throws TaskException {
        this.codec = codec;
        var encoder = new RequestEncoder(codec, maxLength);
        var pool = new InputPool();
        for (ItemSet.Part part : set.parts()) {
            Task task = benchmark.task(part.task());
            scorers.put(task.name(), new ItemScorer(task.config()));
            int maxNewTokens = task.config().generation().maxTokens();
            // Encoding takes longest, and no document depends on another.
            List<EncodedItem> encoded = benchmark.items(part)
                    .parallelStream()
                    .map(item -> EncodedItem.of(item, encoder, maxNewTokens))
                    .toList();
            for (EncodedItem item : encoded) {
                if (item.unfit() != null) {
                    throw new TaskException(Kind.VALUE, task.path(),
                            "document " + item.item().docId() + " of split " + part.split(),
                            item.unfit().problem(),
                            "Shorten the document or use a model with a longer context.");
                }
                entries.add(entry(task, item, pool));
            }
        }
        List<ScoredSequence> sequences = pool.sequences();
        plan = ScoringPlan.of(sequences, batchTokens);
        promptTokens += plan.tokens();
    }

    private Entry entry(Task task, EncodedItem encoded, InputPool pool) {
        promptTokens += encoded.prompt().length;
        return new Entry(task, encoded.item(),
                encoded.likelihoods()
                        .stream()
                        .map(windows -> windows.stream().map(pool::add).toList())
                        .toList(),
                encoded.prompt());
    }

    /** All inputs to score, each once. */
    ScoringPlan plan() {
        return plan;
    }

    /** Input tokens of one evaluation, after sharing of equal inputs. */
    long promptTokens() {
        return promptTokens;
    }

    boolean scores() {
        return entries.stream().anyMatch(entry -> !entry.generates());
    }

    /** The generations of the set, in its order. */
    List<GenerationRequest> generations(List<Integer> endTokens) {
        Map<String, StopSequences> stops = new LinkedHashMap<>();
        var requests = new ArrayList<GenerationRequest>();
        for (Entry entry : entries) {
            if (entry.generates()) {
                requests.add(new GenerationRequest(entry.prompt(),
                        entry.task().config().generation().maxTokens(),
                        stops.computeIfAbsent(entry.task().name(),
                                _ -> stop(entry.task(), endTokens))));
            }
        }
        return requests;
    }

    private StopSequences stop(Task task, List<Integer> endTokens) {
        return StopSequences.of(codec, task.config().generation().until(), Set.copyOf(endTokens));
    }

    /** The result of each document, in the order of the set. */
    List<ItemResult> results(List<TargetScores> scores, List<int[]> generated,
            List<Integer> endTokens) {
        var results = new ArrayList<ItemResult>();
        Map<String, StopSequences> stops = new LinkedHashMap<>();
        int nextGenerated = 0;
        for (Entry entry : entries) {
            ItemScorer scorer = java.util.Objects.requireNonNull(scorers.get(entry.task().name()),
                    "scorer");
            if (entry.generates()) {
                StopSequences stop = stops.computeIfAbsent(entry.task().name(),
                        _ -> stop(entry.task(), endTokens));
                results.add(
                        scorer.generated(entry.item(), stop.text(generated.get(nextGenerated++))));
                continue;
            }
            var logLikelihoods = new ArrayList<Double>();
            var greedy = new ArrayList<Boolean>();
            for (List<InputPool.Reference> windows : entry.likelihoods()) {
                logLikelihoods.add(
                        windows.stream().mapToDouble(window -> window.logLikelihood(scores)).sum());
                greedy.add(windows.stream().allMatch(window -> window.greedy(scores)));
            }
            results.add(scorer.likelihoods(entry.item(), logLikelihoods, greedy));
        }
        return results;
    }
}
