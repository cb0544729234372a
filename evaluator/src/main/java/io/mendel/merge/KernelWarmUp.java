package io.mendel.merge;

import io.mendel.checkpoint.DType;
import io.mendel.merge.MergeOperation.Sparsity;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Exercises kernels until Java has compiled them.
 *
 * <p>
 * Until then a vector is an object and each of its lanes a call: a thousand times slower. A process that merges one
 * model would spend much of its time there. The elements are zeros, so that this needs no parent and can run beside
 * anything.
 */
final class KernelWarmUp {

    /** So few elements that Java compiles loops as a whole, not from within, and after little work in slow motion. */
    private static final int FEW = 128;
    private static final int FIRST_ROUNDS = 10;
    private static final int BLOCK = VectorMergeKernels.BLOCK;
    private static final double FAST_NANOS_PER_ELEMENT = 10;
    private static final int FAST_ROUNDS = 50;
    private static final long MOST_NANOS = 5_000_000_000L;

    private final MergeKernels kernels;
    private final Arena arena;
    private final int length;

    private KernelWarmUp(MergeKernels kernels, Arena arena, int length) {
        this.kernels = kernels;
        this.arena = arena;
        this.length = length;
    }

    /** Loads the classes of vectors, by one sum of two bf16 models. */
    static void run(MergeKernels kernels) {
        try (Arena arena = Arena.ofConfined()) {
            var warmUp = new KernelWarmUp(kernels, arena, FEW);
            Elements model = warmUp.elements(DType.BF16);
            warmUp.sum(List.of(model, model), warmUp.target(DType.BF16));
        }
    }

    /** Returns when what this tensor needs is fast, when the thread is interrupted, or after a few seconds. */
    static void run(TensorMerge merge, Function<TensorInput, DType> types, MergeKernels kernels) {
        try (Arena arena = Arena.ofConfined()) {
            Runnable first = new KernelWarmUp(kernels, arena, FEW).round(merge, types);
            for (int round = 0; round < FIRST_ROUNDS; round++) {
                first.run();
            }
            Runnable round = new KernelWarmUp(kernels, arena, BLOCK).round(merge, types);
            long begin = System.nanoTime();
            int fast = 0;
            long now = begin;
            while (fast < FAST_ROUNDS && now - begin < MOST_NANOS
                    && !Thread.currentThread().isInterrupted()) {
                long last = now;
                round.run();
                now = System.nanoTime();
                fast += now - last < FAST_NANOS_PER_ELEMENT * BLOCK ? 1 : 0;
            }
        }
    }

    private Runnable round(TensorMerge merge, Function<TensorInput, DType> types) {
        List<Elements> inputs = merge.inputs().stream().map(types).map(this::elements).toList();
        DType type = merge.output().dtype();
        RoundedElements target = target(type);
        return switch (merge.operation()) {
            case MergeOperation.WeightedSum sum -> () -> sum(inputs, target);
            case MergeOperation.Combination combination -> () -> {
                kernels.products(inputs.getFirst(), inputs.getLast());
                sum(inputs, target);
            };
            case MergeOperation.DeltaMerge deltas -> deltas(deltas, inputs, target);
            case MergeOperation.Copy copy -> () -> {
            };
            case MergeOperation.DeltaCombination combination -> () -> {
                kernels.dot(inputs.getFirst(), inputs.getLast());
                kernels.mergeDeltas(inputs.getFirst(), kept(inputs), Consensus.SUM, 1, 0, target);
            };
            case MergeOperation.Blocks blocks -> () -> {
            };
            case MergeOperation.Global global -> () -> {
            };
        };
    }

    private void sum(List<Elements> inputs, RoundedElements target) {
        kernels.weightedSum(inputs, new float[inputs.size()], target);
    }

    private Runnable deltas(MergeOperation.DeltaMerge merge, List<Elements> inputs,
            RoundedElements target) {
        var terms = new ArrayList<WeightedDelta>();
        var others = new ArrayList<Runnable>();
        Elements base = inputs.getFirst();
        for (int m = 0; m < merge.deltas().size(); m++) {
            MergeOperation.Delta delta = merge.deltas().get(m);
            Elements model = inputs.get(m + 1);
            Keep keep = new Keep.All();
            if (delta.sparsity() instanceof Sparsity.Magnitude) {
                int[] cells = new int[2];
                MagnitudeRange one = MagnitudeRange.one(0);
                MagnitudeRange two = new MagnitudeRange(1, 0, 2);
                keep = new Keep.Largest(1, length);
                others.add(() -> {
                    kernels.count(base, model, one, cells);
                    kernels.count(base, model, two, cells);
                });
            } else if (delta.sparsity() instanceof Sparsity.Random(double density, long seed)) {
                long[] words = new long[length / Long.SIZE];
                var mask = new Keep.Random(seed, CounterRandom.limit(density));
                keep = new Keep.Listed(words, 0);
                others.add(() -> kernels.draw(mask, 0, words, 0, words.length));
            }
            if (delta.rescale() == Rescale.L1 && !(keep instanceof Keep.All)) {
                Keep kept = keep;
                others.add(() -> kernels.norms(base, model, kept, 0));
            }
            terms.add(new WeightedDelta(model, keep, 1, 1));
        }
        return () -> {
            kernels.mergeDeltas(base, terms, merge.consensus(), 1, 0, target);
            others.forEach(Runnable::run);
        };
    }

    private Elements elements(DType type) {
        return new Elements(arena.allocate((long) type.bytes() * length), type, length);
    }

    private RoundedElements target(DType type) {
        return new RoundedElements(arena.allocate((long) type.bytes() * length), type, type,
                length);
    }

    private static List<WeightedDelta> kept(List<Elements> inputs) {
        return inputs.stream()
                .skip(1)
                .map(model -> new WeightedDelta(model, new Keep.All(), 1, 1))
                .toList();
    }
}
