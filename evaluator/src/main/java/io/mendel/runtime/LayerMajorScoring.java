package io.mendel.runtime;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.onnxruntime.engine.OrtNDManager;
import io.mendel.graph.AttentionForm;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.GraphValues;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One candidate's way through its blocks: all batches through the first block, then all through the next.
 *
 * <p>
 * While block k computes, the weights of block k + 1 are read into memory that an earlier block has left. The hidden
 * states that ONNX Runtime returns from a block are the input of the next; they are never copied. A batch whose state
 * behind a layer is in the {@link PrefixCache} begins there.
 */
final class LayerMajorScoring {

    /** 256 MB of logits at a time. */
    private static final int MAX_LOGITS = 1 << 26;

    private final BlockSessions sessions;
    private final ModelWeights weights;
    private final CandidateModel candidate;
    private final DecoderConfig config;
    private final ScoringPlan plan;
    private final PrefixCache cache;
    /** For each layer the digest of all weights up to it; empty if nothing is known of them. */
    private final List<String> prefixes;
    private final List<LayerSlots.@Nullable Placement> placements;
    /** For each batch the first layer it goes through; −1 if it begins with the embedding. */
    private final int[] starts;
    private final List<PrefixCache.@Nullable Held> held = new ArrayList<>();
    private final NDList rotation;
    private final OrtNDManager manager;
    private final List<NDArray> hidden = new ArrayList<>();
    private final List<NDArray> positions = new ArrayList<>();
    private final List<NDArray> indices = new ArrayList<>();
    private final List<NDArray> ends = new ArrayList<>();
    private final List<TargetScores> scores;

    /**
     * Prepares the run.
     *
     * @param cache hidden states of other candidates
     * @param rotation cosines and sines for all positions of the plan
     * @param manager owns everything that the run allocates
     */
    LayerMajorScoring(BlockSessions sessions, ModelWeights weights, CandidateModel candidate,
            ScoringPlan plan, PrefixCache cache,
            NDList rotation, OrtNDManager manager) {
        this.sessions = sessions;
        this.weights = weights;
        this.candidate = candidate;
        this.config = candidate.config();
        this.plan = plan;
        this.cache = cache;
        this.rotation = rotation;
        this.manager = manager;
        List<@Nullable String> digests = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            digests.add(candidate.weightsDigest(config.layerWeights(layer)));
        }
        prefixes = cache.keepsAnything() ? prefixes(candidate, digests) : List.of();
        starts = new int[plan.batches().size()];
        for (int number = 0; number < starts.length; number++) {
            ScoringBatch batch = plan.batches().get(number);
            Shape shape = new Shape(batch.rows(), batch.width());
            starts[number] = begin(number, shape);
            positions.add(integers(GraphValues.POSITIONS, batch.positions(), shape));
            indices.add(integers(GraphValues.INDICES, batch.indices(),
                    new Shape(1, 1, batch.width(), 1)));
            ends.add(integers(GraphValues.ENDS, batch.ends(),
                    new Shape(batch.rows(), 1, 1, batch.width())));
        }
        placements = place(Math.max(0, Arrays.stream(starts).min().orElse(0)), digests);
        scores = Arrays.stream(plan.targetCounts())
                .mapToObj(n -> new TargetScores(new float[n], new boolean[n]))
                .toList();
    }

    private List<LayerSlots.@Nullable Placement> place(int from,
            List<@Nullable String> digests) {
        boolean done = false;
        try {
            var places = weights.place(config, from, digests);
            done = true;
            return places;
        } finally {
            if (!done) {
                weights.forget();
                release();
            }
        }
    }

    /** The digest of the weights up to each layer, as long as they are known. */
    private static List<String> prefixes(CandidateModel candidate,
            List<@Nullable String> digests) {
        DecoderConfig config = candidate.config();
        var prefixes = new ArrayList<String>();
        String before = candidate.weightsDigest(config.embeddingWeights());
        for (int layer = 0; layer < config.layers() && before != null; layer++) {
            String digest = digests.get(layer);
            if (digest == null) {
                break;
            }
            before = Digests.of(before, digest,
                    "window " + config.slidingWindows().get(layer));
            prefixes.add(before);
        }
        return prefixes;
    }

    /** Puts a batch where it begins: behind the last layer whose state is known, else before the embedding. */
    private int begin(int batch, Shape shape) {
        for (int layer = prefixes.size() - 1; layer >= 0; layer--) {
            PrefixCache.Held state = cache.find(key(batch, layer));
            if (state != null) {
                held.add(state);
                hidden.add(state.array());
                return layer + 1;
            }
        }
        held.add(null);
        hidden.add(integers(GraphValues.TOKENS, plan.batches().get(batch).tokens(), shape));
        return -1;
    }

    private PrefixCache.Key key(int batch, int layer) {
        return new PrefixCache.Key(plan.digest(), batch, prefixes.get(layer));
    }

    /**
     * Lists the work.
     *
     * @param lead after how many batches of a block the weights of the next are read: with the number of workers, the
     *            block before is then all but finished
     */
    OrderedTasks tasks(int lead) {
        OrderedTasks tasks = new OrderedTasks();
        int batches = plan.batches().size();
        int blocks = config.layers() + 2;
        // Reads and runs of every block; a block that no batch goes through has none.
        int[][] reads = new int[blocks][];
        int[][] runs = new int[blocks][];
        int[] last = new int[batches];
        Arrays.fill(last, -1);
        int block = next(0);
        reads[block] = addReads(tasks, block, runs);
        while (block < blocks) {
            int following = block + 1 < blocks ? next(block + 1) : blocks;
            var added = new ArrayList<Integer>();
            for (int batch = 0; batch < batches; batch++) {
                if (batch == Math.min(lead, batches - 1) && following < blocks) {
                    reads[following] = addReads(tasks, following, runs);
                }
                if (block > starts[batch]) {
                    last[batch] = addRun(tasks, block, batch, needed(block, reads), last[batch]);
                    added.add(last[batch]);
                }
            }
            runs[block] = added.stream().mapToInt(run -> run).toArray();
            block = following;
        }
        return tasks;
    }

    /** The first block from this one on that any batch goes through; a start of s skips the blocks 0 to s. */
    private int next(int block) {
        int first = Arrays.stream(starts).map(start -> start + 1).min().orElse(0);
        return Math.max(block, first);
    }

    /** The results, in the order of the plan's sequences; call when all tasks are done. */
    List<TargetScores> scores() {
        long all = (long) config.layers() * starts.length;
        long skipped = Arrays.stream(starts).filter(start -> start > 0).sum();
        cache.count(all - skipped, skipped);
        return scores;
    }

    /** Gives the states of the cache free; call when no task runs any more. */
    void release() {
        held.forEach(state -> {
            if (state != null) {
                state.release();
            }
        });
    }

    private int[] addReads(OrderedTasks tasks, int block, int[][] runs) {
        List<ModelWeights.Read> reads;
        int[] needs = {};
        if (block == 0) {
            reads = weights.embeddingReads();
        } else if (block <= config.layers()) {
            LayerSlots.Placement place = placement(block - 1);
            reads = place.reads();
            needs = place.after() < 0 ? needs : runs[place.after() + 1];
        } else {
            reads = weights.headReads(runs[0] != null);
            needs = runs[0] == null ? needs : runs[0];
        }
        int[] after = needs;
        return reads.stream()
                .mapToInt(
                        read -> tasks.add(() -> candidate.read(read.name(), read.target()), after))
                .toArray();
    }

    private LayerSlots.Placement placement(int layer) {
        return Objects.requireNonNull(placements.get(layer));
    }

    /** The reads that fill the place of a block's weights, whichever block they were added for. */
    private int[] needed(int block, int[][] reads) {
        if (block == 0 || block > config.layers()) {
            return reads[block];
        }
        int filler = placement(block - 1).shared();
        return filler < 0 ? new int[0] : reads[filler + 1];
    }

    private int addRun(OrderedTasks tasks, int block, int batch, int[] reads, int before) {
        int[] needs = reads;
        if (before >= 0) {
            needs = Arrays.copyOf(reads, reads.length + 1);
            needs[reads.length] = before;
        }
        if (block == 0) {
            return tasks.add(() -> embed(batch), needs);
        }
        return tasks.add(
                block <= config.layers() ? () -> transform(batch, block - 1) : () -> score(batch),
                needs);
    }

    private void embed(int batch) throws InferenceException {
        NDList inputs = new NDList(hidden.get(batch));
        if (config.learnedPositions()) {
            inputs.add(positions.get(batch));
        }
        inputs.addAll(weights.embedding().arrays());
        advance(batch, -1, sessions.embedding().run(inputs));
    }

    /** The first input is one of this run, whose manager then owns what comes out. */
    private void transform(int batch, int layer) throws InferenceException {
        AttentionForm form = form(plan.batches().get(batch), config.slidingWindows().get(layer));
        NDList inputs = new NDList(positions.get(batch), hidden.get(batch));
        inputs.addAll(rotation);
        inputs.addAll(placement(layer).weights().arrays());
        if (form instanceof AttentionForm.Packed) {
            inputs.add(indices.get(batch));
            inputs.add(ends.get(batch));
        }
        advance(batch, layer, sessions.layer(config, layer, form).run(inputs));
    }

    private static AttentionForm form(ScoringBatch batch, int window) {
        boolean windowed = window > 0 && batch.longest() > window;
        return batch.chains() && !windowed
                ? new AttentionForm.Causal()
                : new AttentionForm.Packed(windowed ? window : 0);
    }

    /** Replaces the hidden states of a batch by what the block made of them; those behind a known layer are kept. */
    private void advance(int batch, int layer, NDList outputs) {
        NDArray states = outputs.singletonOrThrow();
        states.setName(GraphValues.HIDDEN);
        PrefixCache.Held kept = layer >= 0 && layer < prefixes.size()
                ? cache.keep(key(batch, layer), states)
                : null;
        leave(batch);
        hidden.set(batch, states);
        held.set(batch, kept);
    }

    /** Frees the hidden states of a batch, unless they are the cache's. */
    private void leave(int batch) {
        PrefixCache.Held state = held.set(batch, null);
        if (state == null) {
            hidden.get(batch).close();
        } else {
            state.release();
        }
    }

    /** Points are scored in slices: the logits of a large vocabulary are by far the largest tensor of a model. */
    private void score(int number) throws InferenceException {
        ScoringBatch batch = plan.batches().get(number);
        int slice = Math.max(1, MAX_LOGITS / config.vocabSize());
        int request = 0;
        for (int point = 0; point < batch.pointCount(); point += slice) {
            int end = Math.min(batch.pointCount(), point + slice);
            int first = request;
            while (request < batch.requests().size()
                    && batch.requests().get(request).point() < end) {
                request++;
            }
            score(number, point, end, batch.requests().subList(first, request));
        }
        leave(number);
    }

    private void score(int number, int from, int to, List<ScoringBatch.Request> requests)
            throws InferenceException {
        ScoringBatch batch = plan.batches().get(number);
        NDList inputs = new NDList(
                integers(GraphValues.POINTS, batch.points().slice(2 * from, 2 * (to - from)),
                        new Shape(to - from, 2)),
                hidden.get(number),
                integers(GraphValues.TARGETS, from == 0 ? batch.targets() : targets(requests, from),
                        new Shape(requests.size(), 2)));
        inputs.addAll(weights.head().arrays());
        try (NDList outputs = sessions.scoringHead().run(inputs)) {
            float[] logProbabilities = outputs.get(GraphValues.LOG_PROBABILITIES).toFloatArray();
            long[] greedy = outputs.get(GraphValues.GREEDY).toLongArray();
            for (int i = 0; i < logProbabilities.length; i++) {
                ScoringBatch.Request request = requests.get(i);
                TargetScores target = scores.get(request.sequence());
                boolean finite = Float.isFinite(logProbabilities[i]);
                target.logProbabilities()[request.slot()] = finite
                        ? logProbabilities[i]
                        : Float.NaN;
                target.greedy()[request.slot()] = finite
                        && greedy[request.point() - from] == request.token();
            }
        }
    }

    private static LongBuffer targets(List<ScoringBatch.Request> requests, int from) {
        LongBuffer targets = NativeBuffers.longs(2L * requests.size());
        requests.forEach(
                request -> targets.put((long) request.point() - from).put(request.token()));
        return targets.flip();
    }

    private NDArray integers(String name, LongBuffer values, Shape shape) {
        NDArray array = manager.create(values.slice(0, Math.toIntExact(shape.size())), shape,
                DataType.INT64);
        array.setName(name);
        return array;
    }
}
