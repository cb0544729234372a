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
import java.util.Arrays;
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
 * {@code bench/merge.sh [threads] [mebi-elements] [rounds]} runs it. Three parents and a base, in memory, statistics
 * ready. Bytes are those of all inputs and of the result. Every round times the copy and all kernels one after another;
 * the share of a kernel is the median over the rounds of its rate divided by the copy's in the same round.
 */
final class MergeBench {

    private static final int CHUNK = 1 << 18;
    private static final int WARM_UP_CHUNKS = 24;

    /** A kernel to time. */
    private record Case(String name, int streams, IntConsumer work) {}

    private final int threads;
    private final int chunks;
    private final DType dtype;
    private final ExecutorService pool;
    private final List<MemorySegment> models = new ArrayList<>();
    private final MemorySegment out;
    private final List<Case> cases = new ArrayList<>();

    private MergeBench(int threads, int chunks, DType dtype, ExecutorService pool, Arena arena) {
        this.threads = threads;
        this.chunks = chunks;
        this.dtype = dtype;
        this.pool = pool;
        for (int m = 0; m < 4; m++) {
            MemorySegment data = arena.allocate(bytes(chunks), 64);
            fill(data, m);
            models.add(data);
        }
        this.out = arena.allocate(bytes(chunks), 64);
    }

    private long bytes(int chunkCount) {
        return (long) dtype.bytes() * chunkCount * CHUNK;
    }

    private void fill(MemorySegment data, int seed) {
        var random = new SplittableRandom(seed);
        float[] values = new float[CHUNK];
        for (int chunk = 0; chunk < Math.min(chunks, 16); chunk++) {
            for (int i = 0; i < CHUNK; i++) {
                values[i] = (float) (random.nextDouble() * 0.2 - 0.1);
            }
            new RoundedElements(data.asSlice(bytes(chunk), bytes(1)), dtype, dtype, CHUNK)
                    .store(values);
        }
        for (int chunk = 16; chunk < chunks; chunk++) {
            MemorySegment.copy(data, bytes(chunk % 16), data, bytes(chunk), bytes(1));
        }
    }

    public static void main(String[] arguments) throws Exception {
        int threads = argument(arguments, 0, 2);
        int mebi = argument(arguments, 1, 352);
        int rounds = argument(arguments, 2, 7);
        try (var pool = Executors.newFixedThreadPool(threads)) {
            for (DType dtype : List.of(DType.BF16, DType.F16, DType.F32)) {
                // Half precision has the whole size, the others need less to tell.
                int chunks = Math.max(1, mebi * 4 / (dtype == DType.BF16 ? 1 : 4));
                try (Arena arena = Arena.ofShared()) {
                    new MergeBench(threads, chunks, dtype, pool, arena)
                            .run(MergeKernels.preferred(), rounds);
                }
            }
        }
        candidates();
    }

    private static int argument(String[] arguments, int index, int standard) {
        return arguments.length > index ? Integer.parseInt(arguments[index]) : standard;
    }

    private void run(MergeKernels kernels, int rounds) throws Exception {
        add("copy", 2, chunk -> MemorySegment.copy(models.get(chunk % 4), bytes(chunk), out,
                bytes(chunk), bytes(1)));
        float[] weights = {0.25f, 0.25f, 0.25f, 0.25f};
        add("linear", 5, chunk -> kernels.weightedSum(inputs(4, chunk), weights, target(chunk)));
        float[] two = {0.3f, 0.75f};
        add("slerp", 3, chunk -> kernels.weightedSum(inputs(2, chunk), two, target(chunk)));
        deltas(kernels, "task_arithmetic", Consensus.SUM, m -> new Keep.All());
        deltas(kernels, "ties", Consensus.ELECTED_MEAN,
                m -> new Keep.Largest(Float.floatToIntBits(0.06f), Long.MAX_VALUE));
        deltas(kernels, "breadcrumbs_ties", Consensus.ELECTED_SUM,
                m -> new Keep.Band(new Keep.Largest(Float.floatToIntBits(0.06f), Long.MAX_VALUE),
                        new Keep.Largest(Float.floatToIntBits(0.18f), Long.MAX_VALUE)));
        IntFunction<Keep> half = m -> new Keep.Random(CounterRandom.key(1, "m" + m, "w"),
                CounterRandom.limit(0.5));
        if (dtype == DType.BF16) {
            List<Keep> masks = IntStream.range(0, 4).mapToObj(half).map(keep -> {
                long[] words = new long[chunks * (CHUNK / Long.SIZE)];
                kernels.draw((Keep.Random) keep, 0, words, 0, words.length);
                return (Keep) new Keep.Listed(words, 0);
            }).toList();
            deltas(kernels, "dare_linear, masks ready", Consensus.SUM, masks::get);
            deltas(kernels, "dare_ties, masks ready", Consensus.ELECTED_SUM, masks::get);
            deltas(kernels, "dare_linear, drawing", Consensus.SUM, half);
            deltas(kernels, "dare_ties, drawing", Consensus.ELECTED_SUM, half);
        }
        for (Case warmed : cases) {
            time(warmed, Math.min(chunks, WARM_UP_CHUNKS));
        }
        var nanos = new long[cases.size()][rounds];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < cases.size(); i++) {
                nanos[i][round] = time(cases.get(i), chunks);
            }
        }
        System.out.printf("%s, %d threads, %.2f GB of parents, copy %.1f GB/s%n", dtype, threads,
                3 * bytes(chunks) / 1e9, 2 * bytes(chunks) * threads / median(nanos[0]));
        for (int i = 1; i < cases.size(); i++) {
            double[] shares = new double[rounds];
            for (int round = 0; round < rounds; round++) {
                shares[round] = cases.get(i).streams() / 2.0 * nanos[0][round] / nanos[i][round];
            }
            Arrays.sort(shares);
            System.out.printf("  %-26s %.2f of the copy rate (%.2f … %.2f)  %.2f ns per element%n",
                    cases.get(i).name(), shares[rounds / 2], shares[0], shares[rounds - 1],
                    median(nanos[i]) / ((double) chunks * CHUNK));
        }
    }

    private static double median(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private void add(String name, int streams, IntConsumer work) {
        cases.add(new Case(name, streams, work));
    }

    private void deltas(MergeKernels kernels, String name, Consensus consensus,
            IntFunction<Keep> keep) {
        add(name, 5, chunk -> {
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
                .map(data -> new Elements(data.asSlice(bytes(chunk), bytes(1)), dtype, CHUNK))
                .toList();
    }

    private RoundedElements target(int chunk) {
        return new RoundedElements(out.asSlice(bytes(chunk), bytes(1)), dtype, dtype, CHUNK);
    }

    /** Processor time of all threads together. */
    private long time(Case timed, int count) throws Exception {
        var clock = ManagementFactory.getThreadMXBean();
        var next = new AtomicInteger();
        var spent = new AtomicLong();
        List<Future<?>> futures = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            futures.add(pool.submit(() -> {
                long start = clock.getCurrentThreadCpuTime();
                for (int chunk = next.getAndIncrement(); chunk < count; chunk = next
                        .getAndIncrement()) {
                    timed.work().accept(chunk);
                }
                spent.addAndGet(clock.getCurrentThreadCpuTime() - start);
            }));
        }
        for (Future<?> future : futures) {
            future.get();
        }
        return spent.get();
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
                    MergeMethods.TIES, MergeMethods.BREADCRUMBS_TIES,
                    MergeMethods.DARE_LINEAR, MergeMethods.DARE_TIES, MergeMethods.DELLA)) {
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
                    System.out.printf("demo candidate, %s, density near %.1f: %.1f ms%n",
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
