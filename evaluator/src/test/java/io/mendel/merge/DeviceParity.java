package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/** Holds the kernels of a device to the scalar ones, bit for bit; every kernel is compared by one of the methods. */
final class DeviceParity {

    private static final List<DType> STORED = List.of(DType.F32, DType.BF16, DType.F16);

    private static final List<Result> RESULTS = List.of(new Result(DType.F32, DType.F32),
            new Result(DType.BF16, DType.BF16), new Result(DType.F16, DType.F16),
            new Result(DType.BF16, DType.F32), new Result(DType.F16, DType.F32));

    private final TensorKernels device;
    private final MergeKernels scalar = new ScalarMergeKernels();
    private final int[] sizes;
    private int turn;

    DeviceParity(TensorKernels device, int... sizes) {
        this.device = device;
        this.sizes = sizes;
    }

    /** All comparisons. */
    void compareAll() {
        compareSums();
        compareDeltas();
        compareMethods();
        compareStatistics();
        compareSelections();
    }

    private interface Check {
        void on(List<Tensor> tensors);
    }

    /** Parents of every type and content, and of mixed types. */
    private void eachInput(int parents, Check check) {
        for (int size : sizes) {
            try (Arena arena = Arena.ofShared()) {
                for (DType type : List.of(DType.F32, DType.BF16, DType.F16, DType.F64)) {
                    for (IntFunction<float[]> content : TestContents.of(size)) {
                        var tensors = new ArrayList<Tensor>();
                        for (int m = 0; m < parents; m++) {
                            tensors.add(tensor(arena, type, content.apply(m)));
                        }
                        check.on(tensors);
                    }
                }
                var mixed = new ArrayList<Tensor>();
                for (int m = 0; m < parents; m++) {
                    mixed.add(tensor(arena, STORED.get(m % 3), TestContents.random(size, m)));
                }
                check.on(mixed);
            }
        }
    }

    private static Tensor tensor(Arena arena, DType type, float[] values) {
        // In two rows where that is possible.
        List<Long> shape = values.length % 2 == 0
                ? List.of(2L, values.length / 2L)
                : List.of((long) values.length);
        return new Tensor(new TensorInfo("w", type, shape), TestModels.data(arena, type, values));
    }

    /** Merges with both; runs from 0 and from 3 on and all types of results take turns. */
    private void compare(List<Tensor> tensors, FusedMerge merge, Reference reference) {
        int size = (int) tensors.getFirst().info().elements();
        Result result = RESULTS.get(turn % RESULTS.size());
        int from = size > 3 && turn / RESULTS.size() % 2 == 1 ? 3 : 0;
        turn++;
        int count = size - from;
        byte[] expected = bytes(count, result,
                target -> reference.merge(from, count, target));
        byte[] actual = bytes(count, result,
                target -> assertThat(device.merge(merge, tensors, from, target)).isTrue());
        assertThat(actual)
                .as("%s of %s, %d elements from %d, as %s", merge,
                        tensors.getFirst().info().dtype(), count, from, result)
                .isEqualTo(expected);
    }

    private record Result(DType rounding, DType storage) {}

    private interface Reference {
        void merge(int from, int count, RoundedElements target);
    }

    private interface Target {
        void fill(RoundedElements target);
    }

    private static byte[] bytes(int count, Result result, Target merge) {
        try (Arena arena = Arena.ofConfined()) {
            long bytes = (long) count * result.storage.bytes();
            MemorySegment memory = arena.allocate(bytes + 2);
            merge.fill(new RoundedElements(memory.asSlice(1, bytes), result.rounding,
                    result.storage, count));
            return memory.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static List<Elements> runs(List<Tensor> tensors, int from, int count) {
        return tensors.stream().map(tensor -> TensorElements.of(tensor, from, count)).toList();
    }

    void compareSums() {
        float[] all = {0.3f, -0.7f, 1.1f, 0.2f, 0.9f};
        eachInput(5, tensors -> {
            for (int terms = 1; terms <= all.length; terms++) {
                float[] coefficients = Arrays.copyOf(all, terms);
                List<Tensor> inputs = tensors.subList(0, terms);
                compare(inputs, new FusedMerge.Sum(coefficients),
                        (from, count, target) -> scalar.weightedSum(runs(inputs, from, count),
                                coefficients, target));
            }
        });
    }

    void compareDeltas() {
        eachInput(6, tensors -> {
            int size = (int) tensors.getFirst().info().elements();
            int number = 0;
            for (Keep keep : keeps(size)) {
                // Every number of parents with every consensus, and every keep with some of them.
                for (int parents = 1 + number % 5; parents <= 5; parents += 2) {
                    Consensus consensus = List.of(Consensus.values()).get(number++ % 3);
                    compareDeltas(tensors.subList(0, parents + 1), keep, consensus);
                }
            }
            for (Consensus consensus : Consensus.values()) {
                for (int parents = 1; parents <= 5; parents++) {
                    compareDeltas(tensors.subList(0, parents + 1),
                            new Keep.Largest(Float.floatToIntBits(0.001f), size / 2), consensus);
                }
            }
        });
    }

    private static List<Keep> keeps(int size) {
        long[] words = new SplittableRandom(size).longs(size / 64 + 2).toArray();
        return List.of(new Keep.All(), new Keep.Largest(Float.floatToIntBits(0.5f), size / 2),
                new Keep.Largest(Trim.LARGEST, size / 3), new Keep.Largest(Trim.LARGEST, 0),
                new Keep.Random(CounterRandom.key(7, "m", "w"), CounterRandom.limit(0.3)),
                // The second time it is drawn as bits.
                new Keep.Random(CounterRandom.key(7, "m", "w"), CounterRandom.limit(0.3)),
                new Keep.Random(CounterRandom.key(8, "m", "w"), CounterRandom.limit(1)),
                new Keep.Random(CounterRandom.key(8, "m", "w"), 0),
                new Keep.Band(new Keep.Largest(Float.floatToIntBits(0.001f), size / 3),
                        new Keep.Largest(Float.floatToIntBits(0.5f), size / 2)),
                new Keep.Band(new Keep.Largest(Float.floatToIntBits(0.25f), 0),
                        new Keep.Largest(Trim.LARGEST, size / 2)),
                new Keep.Listed(words, 0),
                // Begins before the run, at another place of a word; ends before its end.
                new Keep.Listed(Arrays.copyOf(words, (size + 63) / 64), -13));
    }

    private void compareDeltas(List<Tensor> inputs, Keep keep, Consensus consensus) {
        var deltas = new ArrayList<FusedMerge.Delta>();
        for (int m = 1; m < inputs.size(); m++) {
            deltas.add(new FusedMerge.Delta(m == 2 ? new Keep.All() : keep, 1.5f - m,
                    m == 2 ? -0.5f : 0.5f));
        }
        compare(inputs, new FusedMerge.Deltas(deltas, consensus, 0.9f), (from, count, target) -> {
            List<Elements> runs = runs(inputs, from, count);
            var terms = new ArrayList<WeightedDelta>();
            for (int m = 1; m < inputs.size(); m++) {
                FusedMerge.Delta delta = deltas.get(m - 1);
                terms.add(new WeightedDelta(runs.get(m), delta.keep(), delta.factor(),
                        delta.weight()));
            }
            scalar.mergeDeltas(runs.getFirst(), terms, consensus, 0.9f, from, target);
        });
    }

    void compareMethods() {
        eachInput(4, tensors -> {
            List<Double> three = List.of(0.5, -0.25, 1.5);
            compareBlocks(tensors.subList(0, 2), new NearSwap(0.001));
            compareBlocks(tensors.subList(0, 2), new NearSwap(-0.0));
            compareBlocks(tensors, new Ram(1e-4, 0, 1));
            compareBlocks(tensors, new Ram(1e-4, 0.5, 2));
            compareBlocks(tensors, new Sce(1));
            compareBlocks(tensors, new Sce(0.4));
            compareBlocks(tensors.subList(0, 2), new ArceeFusion());
            compareBlocks(tensors, new ConsensusMask(three, List.of(0.4, 0.2, 0.6), 2, 0.7));
            compareBlocks(tensors.subList(0, 2), new ColumnNuSlerp(new NuSlerp(0.3), false));
            compareBlocks(tensors.subList(0, 3), new ColumnNuSlerp(new NuSlerp(0.6), true));
            int size = (int) tensors.getFirst().info().elements();
            for (Keep keep : List.of(new Keep.All(),
                    new Keep.Largest(Float.floatToIntBits(0.25f), size / 2))) {
                compareSoup(tensors, keep, true);
                compareSoup(tensors, keep, false);
            }
        });
    }

    private void compareBlocks(List<Tensor> inputs, BlockMerge rule) {
        if (inputs.getFirst().info().elements() == 0) {
            return;
        }
        var blocks = new BlockInputs(inputs, (i, j) -> 0, 1 << 20);
        var fused = (FusedFunction) rule.resolve(blocks);
        compare(inputs, fused.fused(), (from, count, target) -> {
            // Whole tensors, because some methods take whole rows.
            int size = (int) inputs.getFirst().info().elements();
            float[][] runs = new float[inputs.size()][size];
            BlockInputs.load(inputs, 0, size, runs);
            float[] merged = new float[size];
            fused.applyAt(runs, size, 0, merged);
            target.store(Arrays.copyOfRange(merged, from, from + count));
        });
    }

    /** As {@link MaskedSoup} defines it. */
    private void compareSoup(List<Tensor> inputs, Keep keep, boolean intersection) {
        float[] weights = {0.4f, 0.3f, 0.2f, 0.1f};
        compare(inputs, new FusedMerge.Masked(weights, intersection, keep),
                (from, count, target) -> {
                    List<Elements> runs = runs(inputs, from, count);
                    for (int i = 0; i < count; i++) {
                        float mean = weights[0] * runs.getFirst().get(i);
                        boolean everywhere = runs.getFirst().get(i) != 0;
                        for (int m = 1; m < weights.length; m++) {
                            mean += weights[m] * runs.get(m).get(i);
                            everywhere &= runs.get(m).get(i) != 0;
                        }
                        float value = intersection && !everywhere ? 0 : mean;
                        target.set(i, ScalarMergeKernels.keeps(keep, value, from + i) ? value : 0);
                    }
                });
    }

    void compareStatistics() {
        eachInput(3, tensors -> {
            Tensor base = tensors.getFirst();
            Tensor model = tensors.get(1);
            int size = (int) base.info().elements();
            var dots = DotProducts.of(base, model, scalar);
            double[][] products = Objects.requireNonNull(
                    device.products(tensors.subList(0, 2), false));
            assertThat(new double[]{products[0][0], products[0][1], products[1][1]})
                    .isEqualTo(new double[]{dots.aa(), dots.ab(), dots.bb()});
            DeltaGram gram = DeltaGram.of(tensors, scalar);
            double[][] deltas = Objects.requireNonNull(device.products(tensors, true));
            for (int i = 1; i < 3; i++) {
                for (int j = 1; j < 3; j++) {
                    assertThat((Double) deltas[i][j]).isEqualTo((Double) gram.product(i, j));
                }
            }
            try (var workers = new Workers(1)) {
                for (Keep keep : keeps(size)) {
                    if (keep instanceof Keep.Listed(long[] bits, long first) && first < 0) {
                        continue;
                    }
                    double norm = DeltaNorm.of(base, model, keep, scalar, workers);
                    assertThat(device.norm(base, model, keep)).as("%s", keep).hasValue(norm);
                    for (boolean largest : new boolean[]{true, false}) {
                        assertThat(KeptNorm.of(base, model, keep, largest, device))
                                .isEqualTo(KeptNorm.of(base, model, keep, largest, scalar));
                    }
                }
            }
        });
    }

    void compareSelections() {
        eachInput(2, tensors -> {
            Tensor base = tensors.getFirst();
            Tensor model = tensors.get(1);
            int size = (int) base.info().elements();
            try (var workers = new Workers(1)) {
                for (long kept : new long[]{0, Math.min(1, size), size / 3, size}) {
                    assertThat(LargestSelection.select(base, model, kept, device, workers))
                            .isEqualTo(LargestSelection.select(base, model, kept, scalar, workers));
                }
            }
            var expected = MagnitudeTable.of(new Magnitudes(base, model, scalar));
            var actual = MagnitudeTable.of(new Magnitudes(base, model, device));
            for (int q = 0; q <= MagnitudeTable.STEPS; q++) {
                assertThat(actual.step(q)).isEqualTo(expected.step(q));
            }
        });
    }
}
