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

/**
 * One candidate's way through its blocks: all batches through the first block, then all through the next.
 *
 * <p>
 * While block k computes, the weights of block k + 1 are read into the memory that block k − 1 has left. The hidden
 * states that ONNX Runtime returns from a block are the input of the next; they are never copied.
 */
final class LayerMajorScoring {

    /** 256 MB of logits at a time. */
    private static final int MAX_LOGITS = 1 << 26;

    private final BlockSessions sessions;
    private final ModelWeights weights;
    private final CandidateModel candidate;
    private final DecoderConfig config;
    private final ScoringPlan plan;
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
     * @param rotation cosines and sines for all positions of the plan
     * @param manager owns everything that the run allocates
     */
    LayerMajorScoring(BlockSessions sessions, ModelWeights weights, CandidateModel candidate,
            ScoringPlan plan,
            NDList rotation, OrtNDManager manager) {
        this.sessions = sessions;
        this.weights = weights;
        this.candidate = candidate;
        this.config = candidate.config();
        this.plan = plan;
        this.rotation = rotation;
        this.manager = manager;
        for (ScoringBatch batch : plan.batches()) {
            Shape shape = new Shape(batch.rows(), batch.width());
            hidden.add(integers(GraphValues.TOKENS, batch.tokens(), shape));
            positions.add(integers(GraphValues.POSITIONS, batch.positions(), shape));
            indices.add(integers(GraphValues.INDICES, batch.indices(),
                    new Shape(1, 1, batch.width(), 1)));
            ends.add(integers(GraphValues.ENDS, batch.ends(),
                    new Shape(batch.rows(), 1, 1, batch.width())));
        }
        scores = Arrays.stream(plan.targetCounts())
                .mapToObj(n -> new TargetScores(new float[n], new boolean[n]))
                .toList();
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
        int[] reads = addReads(tasks, 0);
        int[] before = new int[0];
        for (int block = 0; block < blocks; block++) {
            int[] nextReads = new int[0];
            int[] current = new int[batches];
            for (int batch = 0; batch < batches; batch++) {
                if (batch == Math.min(lead, batches - 1) && block + 1 < blocks) {
                    nextReads = addReads(tasks, block + 1, before);
                }
                current[batch] = addRun(tasks, block, batch, reads, before);
            }
            before = current;
            reads = nextReads;
        }
        return tasks;
    }

    /** The results, in the order of the plan's sequences; call when all tasks are done. */
    List<TargetScores> scores() {
        return scores;
    }

    private int[] addReads(OrderedTasks tasks, int block, int... needs) {
        List<ModelWeights.Read> reads;
        if (block == 0) {
            reads = weights.embeddingReads();
        } else if (block <= config.layers()) {
            reads = weights.layerReads(block - 1);
        } else {
            reads = weights.headReads();
        }
        return reads.stream()
                .mapToInt(
                        read -> tasks.add(() -> candidate.read(read.name(), read.target()), needs))
                .toArray();
    }

    private int addRun(OrderedTasks tasks, int block, int batch, int[] reads, int[] before) {
        if (block == 0) {
            return tasks.add(() -> embed(batch), reads);
        }
        int[] needs = Arrays.copyOf(reads, reads.length + 1);
        needs[reads.length] = before[batch];
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
        advance(batch, sessions.embedding().run(inputs));
    }

    private void transform(int batch, int layer) throws InferenceException {
        AttentionForm form = form(plan.batches().get(batch), config.slidingWindows().get(layer));
        NDList inputs = new NDList(hidden.get(batch), positions.get(batch));
        inputs.addAll(rotation);
        inputs.addAll(weights.layer(layer).arrays());
        if (form instanceof AttentionForm.Packed) {
            inputs.add(indices.get(batch));
            inputs.add(ends.get(batch));
        }
        advance(batch, sessions.layer(layer, form).run(inputs));
    }

    private static AttentionForm form(ScoringBatch batch, int window) {
        boolean windowed = window > 0 && batch.longest() > window;
        return batch.chains() && !windowed
                ? new AttentionForm.Causal()
                : new AttentionForm.Packed(windowed ? window : 0);
    }

    /** Replaces the hidden states of a batch by what the block made of them. */
    private void advance(int batch, NDList outputs) {
        NDArray states = outputs.singletonOrThrow();
        states.setName(GraphValues.HIDDEN);
        hidden.set(batch, states).close();
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
        hidden.get(number).close();
    }

    private void score(int number, int from, int to, List<ScoringBatch.Request> requests)
            throws InferenceException {
        ScoringBatch batch = plan.batches().get(number);
        NDList inputs = new NDList(hidden.get(number),
                integers(GraphValues.POINTS, batch.points().slice(2 * from, 2 * (to - from)),
                        new Shape(to - from, 2)),
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
