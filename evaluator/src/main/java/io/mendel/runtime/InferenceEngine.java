package io.mendel.runtime;

import ai.djl.ndarray.NDList;
import ai.djl.onnxruntime.engine.OrtNDManager;
import io.mendel.graph.DecoderConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs candidates of one architecture on ONNX Runtime, all of them on the same compiled blocks.
 *
 * <p>
 * The arithmetic is fp32. Results are the same, bit for bit, for any number of threads. Between candidates only the
 * contents of the weight memory change: memory does not grow with their number. One candidate runs at a time; calls
 * from several threads wait for each other.
 *
 * @since 0.1
 */
public final class InferenceEngine implements AutoCloseable {

    /** A step of so many rows is worth a call; more would make rows wait for the slowest. */
    private static final int GENERATION_ROWS = 32;
    /** Bounds the cache of a batch. */
    private static final int GENERATION_TOKENS = 8192;

    private final DecoderConfig config;
    private final int threads;
    private final ExecutorService workers;
    private final BlockSessions sessions;
    private final RotaryTable rotation;
    private final ModelWeights streaming;
    private @Nullable ModelWeights resident;

    private InferenceEngine(DecoderConfig config, int threads) {
        this.config = config;
        this.threads = threads;
        AtomicInteger number = new AtomicInteger();
        workers = Executors.newFixedThreadPool(threads, work -> Thread.ofPlatform()
                .daemon()
                .name("inference-" + number.incrementAndGet())
                .unstarted(work));
        sessions = new BlockSessions(config);
        rotation = new RotaryTable(config.rope());
        streaming = ModelWeights.streaming(config);
    }

    /**
     * Creates an engine; blocks are compiled when first needed.
     *
     * @param config the shape that all candidates have; they may differ in the class name, the longest sequence and the
     *            special tokens
     * @param threads how many batches are computed at once, at least 1
     */
    public static InferenceEngine create(DecoderConfig config, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("At least 1 thread is needed, not " + threads + ".");
        }
        return new InferenceEngine(config, threads);
    }

    /**
     * Computes the log-probabilities of all targets of a plan, block after block.
     *
     * @param candidate of the engine's configuration; its tensors are read by several threads at once, each tensor once
     * @return for each sequence of the plan, in order; a log-probability that is not finite is NaN
     * @throws InferenceException if ONNX Runtime fails, or this thread is interrupted (its flag stays set)
     */
    public synchronized List<TargetScores> score(CandidateModel candidate, ScoringPlan plan)
            throws InferenceException {
        check(candidate);
        NDList tables = rotation
                .upTo(plan.batches().stream().mapToInt(ScoringBatch::width).max().orElse(0));
        try (OrtNDManager manager = OnnxEngine.newManager()) {
            LayerMajorScoring scoring = new LayerMajorScoring(sessions, streaming, candidate, plan,
                    tables, manager);
            scoring.tasks(threads).run(workers, threads);
            return scoring.scores();
        }
    }

    /**
     * Continues prompts greedily, the lowest id winning ties.
     *
     * <p>
     * The candidate's weights are resident meanwhile. Prompts of similar length are run together; the stop condition of
     * a request is asked by one thread at a time, those of different requests by several at once.
     *
     * @param candidate of the engine's configuration; its tensors are read by several threads at once, each tensor once
     * @return for each request, in order, the new tokens, the last one being that which ended it
     * @throws InferenceException if ONNX Runtime fails, or this thread is interrupted (its flag stays set)
     */
    public synchronized List<int[]> generate(CandidateModel candidate,
            List<GenerationRequest> requests)
            throws InferenceException {
        check(candidate);
        if (requests.isEmpty()) {
            return List.of();
        }
        ModelWeights weights = residentWeights();
        NDList tables = rotation
                .upTo(requests.stream().mapToInt(InferenceEngine::length).max().orElseThrow());
        int[][] results = new int[requests.size()][];
        OrderedTasks tasks = new OrderedTasks();
        int[] reads = weights.allReads()
                .stream()
                .mapToInt(read -> tasks.add(() -> candidate.read(read.name(), read.target())))
                .toArray();
        try (OrtNDManager manager = OnnxEngine.newManager()) {
            for (List<Integer> batch : batches(requests)) {
                tasks.add(() -> {
                    List<GenerationRequest> rows = batch.stream().map(requests::get).toList();
                    List<int[]> tokens = new GenerationBatch(rows, sessions, weights, config,
                            tables, manager).run(tasks::givenUp);
                    for (int i = 0; i < tokens.size(); i++) {
                        results[batch.get(i)] = tokens.get(i);
                    }
                }, reads);
            }
            tasks.run(workers, threads);
        }
        return List.of(results);
    }

    private ModelWeights residentWeights() {
        ModelWeights weights = resident;
        if (weights == null) {
            weights = ModelWeights.resident(config);
            resident = weights;
        }
        return weights;
    }

    /** Indices of requests that run together, the longest prompts first. */
    private static List<List<Integer>> batches(List<GenerationRequest> requests) {
        List<Integer> order = IntStream.range(0, requests.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> -requests.get(i).prompt().length))
                .toList();
        List<List<Integer>> batches = new ArrayList<>();
        List<Integer> batch = new ArrayList<>();
        int longest = 0;
        for (int i : order) {
            longest = Math.max(longest, length(requests.get(i)));
            if (!batch.isEmpty() && (batch.size() == GENERATION_ROWS
                    || (batch.size() + 1L) * longest > GENERATION_TOKENS)) {
                batches.add(batch);
                batch = new ArrayList<>();
                longest = length(requests.get(i));
            }
            batch.add(i);
        }
        batches.add(batch);
        return batches;
    }

    private static int length(GenerationRequest request) {
        return Math.addExact(request.prompt().length, request.maxNewTokens());
    }

    private void check(CandidateModel candidate) {
        if (!computation(candidate.config()).equals(computation(config))) {
            throw new IllegalArgumentException(
                    "The candidate must have the engine's configuration " + config + ", not "
                            + candidate.config());
        }
    }

    /** Version of ONNX Runtime, such as {@code 1.29.0}; starts it if nothing did before. */
    public static String runtimeVersion() {
        return OnnxEngine.version();
    }

    /** A configuration without what does not enter the computation: models of one shape may differ there. */
    private static DecoderConfig computation(DecoderConfig config) {
        return new DecoderConfig("", config.vocabSize(), config.hiddenSize(),
                config.intermediateSize(),
                config.layers(), config.heads(), config.keyValueHeads(), config.headDim(),
                config.normEpsilon(),
                config.tiedEmbeddings(), config.queryKeyValueBias(), config.outputBias(),
                config.mlpBias(),
                config.queryKeyNorm(), config.experts(), config.rope(), config.slidingWindows(), 0,
                null, List.of());
    }

    @Override
    public synchronized void close() {
        workers.shutdown();
        sessions.close();
        rotation.close();
        streaming.close();
        if (resident != null) {
            resident.close();
        }
    }
}
