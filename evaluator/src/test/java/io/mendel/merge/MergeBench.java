package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.space.MergeMethod;
import io.mendel.space.MergeMethods;
import io.mendel.space.ParameterValue;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Compares the bytes per second of the kernels with those of a memory copy in the same process, by the processor time
 * of the threads, and times whole candidates of the demo.
 *
 * <p>
 * By hand, in the folder of the evaluator: {@code java --add-modules=jdk.incubator.vector -cp … io.mendel.merge.MergeBench
 * [threads] [mebi-elements]}. Three parents and a base in bf16, statistics ready; best of twelve rounds. Bytes are those
 * of all inputs and of the result.
 */
final class MergeBench {

    private static final int CHUNK = 1 << 18;
    private static final int ROUNDS = 12;

    private final int threads;
    private final int chunks;
    private final ExecutorService pool;
    private final List<MemorySegment> models;
    private final MemorySegment out;
    private double copyRate;

    private MergeBench(int threads, int chunks, ExecutorService pool, Arena arena) {
        this.threads = threads;
        this.chunks = chunks;
        this.pool = pool;
        this.models = new ArrayList<>();
        long bytes = 2L * chunks * CHUNK;
        for (int m = 0; m < 4; m++) {
            var random = new SplittableRandom(m);
            MemorySegment data = arena.allocate(bytes, 64);
            for (long i = 0; i < bytes; i += 2) {
                data.set(Elements.SHORT, i,
                        Rounding.toBfloat16((float) (random.nextDouble() * 0.2 - 0.1)));
            }
            models.add(data);
        }
        this.out = arena.allocate(bytes, 64);
    }

    public static void main(String[] arguments) throws Exception {
        int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 2;
        int chunks = (arguments.length > 1 ? Integer.parseInt(arguments[1]) : 64) * 4;
        try (Arena arena = Arena.ofShared(); var pool = Executors.newFixedThreadPool(threads)) {
            new MergeBench(threads, chunks, pool, arena).kernels(MergeKernels.preferred());
        }
        if (arguments.length < 3) {
            candidates();
        }
    }

    private void kernels(MergeKernels kernels) throws Exception {
        copyRate = rate("copy", 2,
                chunk -> MemorySegment.copy(models.get(chunk % 4), 2L * CHUNK * chunk, out,
                        2L * CHUNK * chunk, 2L * CHUNK));
        float[] weights = {0.25f, 0.25f, 0.25f, 0.25f};
        rate("linear of 4", 5,
                chunk -> kernels.weightedSum(inputs(4, chunk), weights, target(chunk)));
        float[] two = {0.3f, 0.75f};
        rate("slerp of 2", 3, chunk -> kernels.weightedSum(inputs(2, chunk), two, target(chunk)));
        deltas(kernels, "task_arithmetic", Consensus.SUM, m -> new Keep.All());
        deltas(kernels, "ties", Consensus.ELECTED_MEAN,
                m -> new Keep.Largest(Float.floatToIntBits(0.06f), Long.MAX_VALUE));
        IntFunction<Keep> half = m -> new Keep.Random(CounterRandom.key(1, "m" + m, "w"),
                CounterRandom.limit(0.5));
        deltas(kernels, "dare_linear", Consensus.SUM, half);
        deltas(kernels, "dare_ties", Consensus.ELECTED_SUM, half);
        IntFunction<Keep> drawn = m -> {
            long[] words = new long[chunks * CHUNK / Long.SIZE];
            kernels.draw((Keep.Random) half.apply(m), 0, words, 0, words.length);
            return new Keep.Listed(words, 0);
        };
        List<Keep> masks = IntStream.range(0, 4).mapToObj(drawn).toList();
        deltas(kernels, "dare_linear, masks ready", Consensus.SUM, masks::get);
        deltas(kernels, "dare_ties, masks ready", Consensus.ELECTED_SUM, masks::get);
    }

    private void deltas(MergeKernels kernels, String name, Consensus consensus,
            IntFunction<Keep> keep)
            throws Exception {
        rate(name, 5, chunk -> {
            List<Elements> inputs = inputs(4, chunk);
            var terms = new ArrayList<WeightedDelta>();
            for (int m = 1; m < 4; m++) {
                terms.add(new WeightedDelta(inputs.get(m), keep.apply(m), 0.5f, 0.4f));
            }
            kernels.mergeDeltas(inputs.getFirst(), terms, consensus, 1, (long) CHUNK * chunk,
                    target(chunk));
        });
    }

    private List<Elements> inputs(int count, int chunk) {
        return models.stream()
                .limit(count)
                .map(data -> new Elements(data.asSlice(2L * CHUNK * chunk, 2L * CHUNK), DType.BF16,
                        CHUNK))
                .toList();
    }

    private RoundedElements target(int chunk) {
        return new RoundedElements(out.asSlice(2L * CHUNK * chunk, 2L * CHUNK), DType.BF16,
                DType.BF16, CHUNK);
    }

    private double rate(String name, int streams, IntConsumer work) throws Exception {
        var clock = ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            var next = new AtomicInteger();
            var spent = new AtomicLong();
            List<Future<?>> futures = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                futures.add(pool.submit(() -> {
                    long start = clock.getCurrentThreadCpuTime();
                    for (int chunk = next.getAndIncrement(); chunk < chunks; chunk = next
                            .getAndIncrement()) {
                        work.accept(chunk);
                    }
                    spent.addAndGet(clock.getCurrentThreadCpuTime() - start);
                }));
            }
            for (Future<?> future : futures) {
                future.get();
            }
            best = Math.min(best, spent.get() / threads);
        }
        double rate = (double) streams * 2 * chunks * CHUNK / best;
        System.err.printf("%-24s %7.2f GB/s  %5.2f ns per element and thread%s%n", name, rate,
                (double) best * threads / ((double) chunks * CHUNK),
                copyRate == 0 ? "" : "  %.2f of copy".formatted(rate / copyRate));
        return rate;
    }

    /** Times the merge of all tensors of a demo candidate for scoring, statistics ready, on one thread. */
    private static void candidates() throws Exception {
        Map<String, Checkpoint> parents = new TreeMap<>();
        for (String name : List.of("base", "math-en", "chat-ja", "sort-en")) {
            parents.put(name, Checkpoint.open(Path.of("../optimizer/demo/models", name)));
        }
        try (Merger merger = Merger.create(parents, StatisticsStore.inMemory(),
                MergeKernels.preferred(), 1);
                Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(1 << 20);
            for (MergeMethod method : List.of(MergeMethods.LINEAR, MergeMethods.TASK_ARITHMETIC,
                    MergeMethods.TIES,
                    MergeMethods.DARE_LINEAR, MergeMethods.DARE_TIES)) {
                for (double density : List.of(0.5, 0.3)) {
                    long best = Long.MAX_VALUE;
                    for (int round = 0; round < 60; round++) {
                        // Another seed and another odd density each time: nothing is remembered.
                        Recipe recipe = recipe(method,
                                density == 0.5 ? density : density + round * 1e-3, round);
                        long start = System.nanoTime();
                        MergedModel model = merger.open(MergePlanner.plan(recipe, parents));
                        model.tensors()
                                .forEach((name, info) -> model.read(name,
                                        target.asSlice(0, 4 * info.elements())));
                        best = Math.min(best, System.nanoTime() - start);
                    }
                    System.err.printf("demo candidate, %s, density near %.1f: %.1f ms%n",
                            method.name(), density,
                            best / 1e6);
                }
            }
        }
        parents.values().forEach(Checkpoint::close);
    }

    private static Recipe recipe(MergeMethod method, double density, long seed) {
        var sources = List.of("math-en", "chat-ja", "sort-en")
                .stream()
                .map(parent -> Source.of(parent,
                        Map.of("weight", ParameterValue.of(0.4), "density",
                                ParameterValue.of(density))))
                .toList();
        return new Recipe(method, method.needsBase() ? "base" : null, List.of(Slice.of(sources)),
                new TreeMap<>(), null,
                null, seed);
    }
}
