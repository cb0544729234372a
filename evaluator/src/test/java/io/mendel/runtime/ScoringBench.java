package io.mendel.runtime;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.onnxruntime.engine.OrtNDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.graph.ProductGraph;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Measures one candidate of the demo: 200 items of each of three tasks, weights read anew each time.
 *
 * <p>
 * Other work on the machine changes all times alike, so each round also times a plain matrix product on as many threads;
 * the product's speed gives the time that the layers' matrix products alone would take.
 *
 * <pre>
 * java … io.mendel.runtime.ScoringBench DEMO_FOLDER THREADS BATCH_TOKENS ROUNDS
 * </pre>
 */
final class ScoringBench {

    private static final int M = 1024;
    private static final int K = 128;
    private static final int N = 352;
    private static final int PRODUCTS = 100;

    private ScoringBench() {}

    public static void main(String[] args) throws Exception {
        Path demo = Path.of(args[0]);
        int threads = Integer.parseInt(args[1]);
        int batchTokens = Integer.parseInt(args[2]);
        int rounds = Integer.parseInt(args[3]);
        Path directory = demo.resolve("models/math-en");
        try (Checkpoint checkpoint = Checkpoint.open(directory);
                Tokenizer tokenizer = Tokenizer.open(directory);
                Product product = new Product(threads)) {
            CheckpointModel model = CheckpointModel.of(checkpoint);
            List<ScoredSequence> sequences = sequences(demo, tokenizer);
            ScoringPlan plan = ScoringPlan.of(sequences, batchTokens);
            long unshared = sequences.stream()
                    .map(ScoredSequence::tokens)
                    .map(Arrays::hashCode)
                    .distinct()
                    .count();
            try (InferenceEngine engine = InferenceEngine.create(model.config(), threads)) {
                measure(engine, model, plan, product, rounds, threads, unshared);
            }
        }
    }

    private static void measure(InferenceEngine engine, CheckpointModel model, ScoringPlan plan,
            Product product,
            int rounds, int threads, long sequences) throws Exception {
        var cpu = (com.sun.management.OperatingSystemMXBean) ManagementFactory
                .getOperatingSystemMXBean();
        double[] seconds = new double[rounds];
        double[] cpuSeconds = new double[rounds];
        double[] gigaflops = new double[rounds];
        for (int round = -5; round < rounds; round++) {
            double speed = product.gigaflops();
            long cpuStart = cpu.getProcessCpuTime();
            long start = System.nanoTime();
            List<TargetScores> scores = engine.score(model, plan);
            double elapsed = (System.nanoTime() - start) * 1e-9;
            if (Float.isNaN(scores.getFirst().logProbabilities()[0])) {
                throw new IllegalStateException("NaN");
            }
            if (round >= 0) {
                seconds[round] = elapsed;
                cpuSeconds[round] = (cpu.getProcessCpuTime() - cpuStart) * 1e-9;
                gigaflops[round] = speed;
            }
        }
        Arrays.sort(seconds);
        Arrays.sort(cpuSeconds);
        Arrays.sort(gigaflops);
        IO.println(
                "%d sequences, %d tokens in %d batches, %d threads: min %.3f s, median %.3f s, cpu %.3f s; product %.0f GFLOPS; rss %d MB"
                        .formatted(sequences, plan.tokens(), plan.batches().size(), threads,
                                seconds[0], seconds[rounds / 2],
                                cpuSeconds[0], gigaflops[rounds / 2], residentBytes() >> 20));
    }

    private static long residentBytes() throws Exception {
        String statm = Files.readString(Path.of("/proc/self/statm"));
        return 4096 * new Scanner(statm).skip("\\d+").nextLong();
    }

    private static List<ScoredSequence> sequences(Path demo, Tokenizer tokenizer) throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        List<ScoredSequence> sequences = new ArrayList<>();
        for (String task : List.of("know_ja", "arith_en", "order_en")) {
            try (var lines = Files.lines(demo.resolve("tasks/" + task + ".dev.jsonl"))) {
                for (String line : lines.limit(200).toList()) {
                    JsonNode item = mapper.readTree(line);
                    String context = item.get("context").asText();
                    int prefix = tokenizer.encode(context, true).length;
                    for (JsonNode choice : item.get("choices")) {
                        int[] whole = tokenizer.encode(context + " " + choice.asText(), true);
                        int[] positions = new int[whole.length - prefix];
                        Arrays.setAll(positions, i -> prefix - 1 + i);
                        sequences.add(new ScoredSequence(Arrays.copyOf(whole, whole.length - 1),
                                positions,
                                Arrays.copyOfRange(whole, prefix, whole.length)));
                    }
                }
            }
        }
        return sequences;
    }

    /** A product of two matrices that is run on several threads at once. */
    private static final class Product implements AutoCloseable {

        private final int threads;
        private final ExecutorService workers;
        private final BlockSession session = new BlockSession("product", ProductGraph.of(M, K, N));
        private final OrtNDManager manager = OnnxEngine.newManager();
        private final NDList inputs = new NDList(ones("a", M), ones("b", N));

        Product(int threads) {
            this.threads = threads;
            workers = Executors.newFixedThreadPool(threads);
        }

        private NDArray ones(String name, int rows) {
            NDArray array = manager.create(NativeBuffers.bytes(4L * rows * K).asFloatBuffer(),
                    new Shape(rows, K),
                    DataType.FLOAT32);
            array.setName(name);
            return array;
        }

        double gigaflops() throws Exception {
            long start = System.nanoTime();
            var runs = new ArrayList<java.util.concurrent.Future<?>>();
            for (int i = 0; i < threads; i++) {
                runs.add(workers.submit(() -> {
                    for (int n = 0; n < PRODUCTS; n++) {
                        session.run(inputs).close();
                    }
                    return null;
                }));
            }
            for (var run : runs) {
                run.get();
            }
            return 2.0 * M * K * N * PRODUCTS * threads / (System.nanoTime() - start);
        }

        @Override
        public void close() {
            workers.shutdown();
            session.close();
            manager.close();
        }
    }
}
