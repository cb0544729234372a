package io.mendel.runtime;

import ai.djl.ndarray.NDList;
import ai.djl.onnxruntime.engine.OrtNDManager;
import io.mendel.graph.DecoderConfig;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
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
    private final Supplier<Arena> memory;
    private final ExecutorService workers;
    private final BlockSessions sessions;
    private final RotaryTable rotation;
    private final PrefixCache cache;
    private final ModelWeights streaming;
    private @Nullable ModelWeights resident;

    private InferenceEngine(DecoderConfig config, int threads, PrefixCache cache,
            Supplier<Arena> memory) {
        this.config = config;
        this.memory = memory;
        this.threads = threads;
        this.cache = cache;
        AtomicInteger number = new AtomicInteger();
        workers = Executors.newFixedThreadPool(threads, work -> Thread.ofPlatform()
                .daemon()
                .name("inference-" + number.incrementAndGet())
                .unstarted(work));
        sessions = new BlockSessions(config);
        rotation = new RotaryTable(config.rope());
        streaming = ModelWeights.streaming(config, memory);
    }

    /**
     * Creates an engine; blocks are compiled when first needed.
     *
     * @param config the shape that all candidates have; they may differ in the class name, the longest sequence, the
     *            special tokens, and in number and kinds of the layers
     * @param threads how many batches are computed at once, at least 1
     */
    public static InferenceEngine create(DecoderConfig config, int threads) {
        return create(config, threads, Arena::ofShared);
    }

    /**
     * Creates an engine whose weights are in memory that something else can write fast; ONNX Runtime reads them there.
     *
     * @param config the shape that all candidates have, as above
     * @param threads how many batches are computed at once, at least 1
     * @param memory makes arenas that several threads may use; the engine closes them
     */
    public static InferenceEngine create(DecoderConfig config, int threads,
            Supplier<Arena> memory) {
        return create(config, threads, new PrefixCache(0), memory);
    }

    /**
     * Creates an engine that also shares hidden states between candidates that begin alike.
     *
     * @param config the shape that all candidates have, as above
     * @param threads how many batches are computed at once, at least 1
     * @param cache the states; closed by its owner, after the engine
     * @param memory makes arenas that several threads may use; the engine closes them
     */
    public static InferenceEngine create(DecoderConfig config, int threads, PrefixCache cache,
            Supplier<Arena> memory) {
        if (threads < 1) {
            throw new IllegalArgumentException("At least 1 thread is needed, not " + threads + ".");
        }
        return new InferenceEngine(config, threads, cache, memory);
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
                    cache, tables, manager);
            boolean done = false;
            try {
                scoring.tasks(threads).run(workers, threads);
                done = true;
                return scoring.scores();
            } finally {
                scoring.release();
                if (!done) {
                    streaming.forget();
                }
            }
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
        DecoderConfig shape = candidate.config();
        var placements = weights.place(shape, 0, IntStream.range(0, shape.layers())
                .<@Nullable String>mapToObj(
                        layer -> candidate.weightsDigest(shape.layerWeights(layer)))
                .toList());
        List<ModelWeights.Read> all = new ArrayList<>(weights.embeddingReads());
        placements.forEach(place -> all.addAll(Objects.requireNonNull(place).reads()));
        all.addAll(weights.headReads(true));
        int[] reads = all.stream()
                .mapToInt(read -> tasks.add(() -> candidate.read(read.name(), read.target())))
                .toArray();
        try (OrtNDManager manager = OnnxEngine.newManager()) {
            for (List<Integer> batch : batches(requests)) {
                tasks.add(() -> {
                    List<GenerationRequest> rows = batch.stream().map(requests::get).toList();
                    List<int[]> tokens = new GenerationBatch(rows, sessions, weights,
                            layer -> Objects.requireNonNull(placements.get(layer)).weights(),
                            shape, tables, manager).run();
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
            weights = ModelWeights.resident(config, memory);
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
        DecoderConfig block = config.withLayers(List.of());
        return new DecoderConfig("", block.vocabSize(), block.hiddenSize(),
                block.intermediateSize(),
                0, block.heads(), block.keyValueHeads(), block.headDim(),
                block.normEpsilon(),
                block.tiedEmbeddings(), block.queryKeyValueBias(), block.outputBias(),
                block.mlpBias(),
                block.queryKeyNorm(), block.experts(), block.rope(), block.slidingWindows(),
                block.learnedPositions() ? block.maxPositions() : 0, null, List.of(),
                block.gpt());
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
