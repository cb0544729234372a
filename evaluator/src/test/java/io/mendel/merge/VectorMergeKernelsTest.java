package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mendel.checkpoint.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the vector kernels to the scalar ones, bit for bit. */
class VectorMergeKernelsTest {

    private static final int FIRST_INDEX = 1_000_003;

    private final MergeKernels scalar = new ScalarMergeKernels();
    private MergeKernels vector = scalar;

    @BeforeEach
    void needVectorModule() {
        assumeTrue(Engines.hasVector(), "started without jdk.incubator.vector");
        vector = KernelChoice.of("vector");
    }

    /** On both sides of a vector, of a word of a mask and of a block; longer runs only repeat blocks. */
    static IntStream sizes() {
        return IntStream.of(0, 1, 7, 8, 15, 16, 17, 63, 65, 511, 512, 997, 1024, 2085);
    }

    /** As well as a block of sums. */
    static IntStream sumSizes() {
        return IntStream.concat(sizes(), IntStream.of(4095, 4096, 4097));
    }

    static Stream<DType> types() {
        return Stream.of(DType.F32, DType.BF16, DType.F16, DType.F64);
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void weightedSumsAreEqual(int size) {
        float[] coefficients = {0.3f, -0.7f, 1.1f};
        compare(size, (kernels, models, target) -> kernels.weightedSum(models.subList(1, 4),
                coefficients, target));
        compare(size, (kernels, models, target) -> kernels.weightedSum(models.subList(0, 1),
                new float[]{1}, target));
        compare(size, (kernels, models, target) -> kernels.weightedSum(models.subList(0, 2),
                new float[]{0.4f, 0.6f}, target));
        compare(size, (kernels, models, target) -> kernels.weightedSum(models,
                new float[]{0.1f, 0.2f, 0.3f, 0.4f}, target));
        compare(size, (kernels, models, target) -> kernels.weightedSum(
                List.of(models.get(1), models.get(0), models.get(2), models.get(3), models.get(0)),
                new float[]{0.1f, 0.2f, 0.3f, 0.4f, -0.5f}, target));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void mergedDeltasAreEqual(int size) {
        List<IntFunction<Keep>> keeps = List.of(m -> new Keep.All(),
                m -> new Keep.Largest(Float.floatToIntBits(0.5f), FIRST_INDEX + size / 2 + m),
                m -> new Keep.Largest(Float.floatToIntBits(1e-4f), FIRST_INDEX + size),
                m -> new Keep.Largest(Trim.LARGEST, FIRST_INDEX + size / 3),
                m -> new Keep.Largest(Trim.LARGEST, 0),
                m -> new Keep.Random(CounterRandom.key(7, "m" + m, "w"),
                        CounterRandom.limit(0.3 * m)),
                m -> band(0.001f, FIRST_INDEX + size, 0.5f, FIRST_INDEX),
                m -> band(0.001f, FIRST_INDEX + size / 3, 0.5f, FIRST_INDEX + size / 2 + m),
                m -> band(0.5f, FIRST_INDEX + size / 2, 0.5f, FIRST_INDEX + size / 3),
                m -> band(0.25f, FIRST_INDEX + size, Float.POSITIVE_INFINITY, FIRST_INDEX),
                m -> new Keep.Band(new Keep.Largest(Float.floatToIntBits(0.25f), FIRST_INDEX),
                        new Keep.Largest(Trim.LARGEST, FIRST_INDEX + size / 2)),
                m -> listed(size, m));
        for (Consensus consensus : Consensus.values()) {
            for (IntFunction<Keep> keep : keeps) {
                for (int count = 1; count <= 5; count++) {
                    int parents = count;
                    compare(size, (kernels, models, target) -> {
                        var terms = new ArrayList<WeightedDelta>();
                        for (int m = 1; m <= parents; m++) {
                            terms.add(new WeightedDelta(models.get(m % 4), keep.apply(m), 1.5f - m,
                                    m == 2 ? -0.5f : 0.5f));
                        }
                        kernels.mergeDeltas(models.getFirst(), terms, consensus, 0.9f, FIRST_INDEX,
                                target);
                    });
                }
            }
        }
    }

    private static Keep band(float smallest, long cut, float firstDropped, long droppedCut) {
        return new Keep.Band(new Keep.Largest(Float.floatToIntBits(smallest), cut),
                new Keep.Largest(Float.floatToIntBits(firstDropped), droppedCut));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void countsAreEqual(int size) {
        List<MagnitudeRange> ranges = List.of(MagnitudeRange.all(),
                MagnitudeRange.one(Float.floatToIntBits(0.5f)), MagnitudeRange.one(0),
                MagnitudeRange.between(Float.floatToIntBits(0.25f), Float.floatToIntBits(1)),
                new MagnitudeRange(Float.floatToIntBits(Float.POSITIVE_INFINITY), 0, 2));
        for (MagnitudeRange range : ranges) {
            eachInput(size, models -> {
                int[] expected = new int[range.cells()];
                int[] actual = new int[range.cells()];
                long above = scalar.count(models.get(0), models.get(1), range, expected);
                assertThat(vector.count(models.get(0), models.get(1), range, actual))
                        .isEqualTo(above);
                assertThat(actual).isEqualTo(expected);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void magnitudesAreEqual(int size) {
        eachInput(size, models -> {
            int[] expected = new int[size];
            int[] actual = new int[size];
            scalar.magnitudes(models.get(0), models.get(1), expected);
            vector.magnitudes(models.get(0), models.get(1), actual);
            assertThat(actual).isEqualTo(expected);
        });
    }

    @ParameterizedTest
    @MethodSource("sumSizes")
    void dotsAreEqual(int size) {
        int block = Math.min(size, MergeKernels.DOT_BLOCK);
        eachInput(block,
                models -> assertThat(
                        Double.doubleToLongBits(vector.dot(models.get(0), models.get(1))))
                        .isEqualTo(
                                Double.doubleToLongBits(scalar.dot(models.get(0), models.get(1)))));
    }

    @ParameterizedTest
    @MethodSource("sumSizes")
    void normsAreEqual(int size) {
        int block = Math.min(size, MergeKernels.DOT_BLOCK);
        for (Keep keep : List.of(new Keep.All(), listed(block, 3),
                new Keep.Largest(Float.floatToIntBits(0.5f), FIRST_INDEX + block / 2),
                new Keep.Random(CounterRandom.key(1, "m", "w"), CounterRandom.limit(0.4)))) {
            eachInput(block, models -> {
                // Boxed, and in records, NaN is equal to itself.
                Double expected = scalar.norm(models.get(0), models.get(1), keep, FIRST_INDEX);
                double all = scalar.norm(models.get(0), models.get(1), new Keep.All(), FIRST_INDEX);
                assertThat((Double) vector.norm(models.get(0), models.get(1), keep, FIRST_INDEX))
                        .isEqualTo(expected);
                assertThat(vector.norms(models.get(0), models.get(1), keep, FIRST_INDEX))
                        .isEqualTo(new KeptNorm(all, expected));
            });
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0x1p-53, 1e-12, 0x1p-31, 0.25, 0.3, 0.5, 0.999999,
        0x1.fffffffffffffp-1, 1})
    void drawnMasksAreEqual(double density) {
        drawnMasksAreEqual(new Keep.Random(CounterRandom.key(42, "m1", "w"),
                CounterRandom.limit(density)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 62, 63, 64, 1001})
    void aLimitThatIsNearlyADrawIsToldExactly(int element) {
        long key = CounterRandom.key(42, "m1", "w");
        long draw = CounterRandom.draw(key, FIRST_INDEX + element);
        for (int more = -1; more <= 1; more++) {
            drawnMasksAreEqual(new Keep.Random(key, draw + more));
        }
    }

    private void drawnMasksAreEqual(Keep.Random mask) {
        for (int words : new int[]{0, 1, 2, 63, 1000}) {
            long[] expected = new long[words + 3];
            long[] actual = new long[words + 3];
            scalar.draw(mask, FIRST_INDEX, expected, 2, words);
            vector.draw(mask, FIRST_INDEX, actual, 2, words);
            assertThat(actual).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void listedBitsKeepWhatTheMaskKeeps(int size) {
        var mask = new Keep.Random(CounterRandom.key(7, "m", "w"), CounterRandom.limit(0.3));
        // The bits begin before the run, at another place of a word.
        int before = 77;
        long[] words = new long[(size + before + 63) / 64];
        scalar.draw(mask, FIRST_INDEX - before, words, 0, words.length);
        var listed = new Keep.Listed(words, FIRST_INDEX - before);
        try (Arena arena = Arena.ofConfined()) {
            List<Elements> models = IntStream.range(0, 2)
                    .mapToObj(m -> elements(arena, DType.BF16, TestContents.random(size, m)))
                    .toList();
            for (MergeKernels kernels : List.of(scalar, vector)) {
                assertThat(bytes(kernels, merge(listed), models, size, DType.F32, DType.F32))
                        .isEqualTo(bytes(scalar, merge(mask), models, size, DType.F32, DType.F32));
            }
        }
    }

    private static Kernel merge(Keep keep) {
        return (kernels, models, target) -> kernels.mergeDeltas(models.get(0),
                List.of(new WeightedDelta(models.get(1), keep, 0.7f, 0.5f)), Consensus.SUM, 1.1f,
                FIRST_INDEX, target);
    }

    private static Keep.Listed listed(int size, int seed) {
        long[] words = new SplittableRandom(seed).longs(size / 64 + 2).toArray();
        return new Keep.Listed(words, FIRST_INDEX - 13);
    }

    @Test
    void namesDiffer() {
        assertThat(vector.name()).isEqualTo("vector");
        assertThat(scalar.name()).isEqualTo("scalar");
    }

    private interface Kernel {
        void run(MergeKernels kernels, List<Elements> models, RoundedElements target);
    }

    private interface Inputs {
        void check(List<Elements> models);
    }

    private static void eachInput(int size, Inputs inputs) {
        try (Arena arena = Arena.ofConfined()) {
            for (DType dtype : types().toList()) {
                for (IntFunction<float[]> content : TestContents.of(size)) {
                    inputs.check(IntStream.range(0, 4)
                            .mapToObj(m -> elements(arena, dtype, content.apply(m)))
                            .toList());
                }
            }
            // Parents of different types.
            List<DType> mixed = types().toList();
            inputs.check(IntStream.range(0, 4)
                    .mapToObj(m -> elements(arena, mixed.get(m), TestContents.random(size, m)))
                    .toList());
        }
    }

    private static Elements elements(Arena arena, DType dtype, float[] values) {
        return new Elements(TestModels.data(arena, dtype, values), dtype, values.length);
    }

    private void compare(int size, Kernel kernel) {
        eachInput(size, models -> {
            for (DType rounding : List.of(DType.F32, DType.BF16, DType.F16)) {
                for (DType storage : rounding == DType.F32
                        ? List.of(DType.F32)
                        : List.of(DType.F32, rounding)) {
                    assertThat(bytes(vector, kernel, models, size, rounding, storage))
                            .as("%s, rounded to %s, stored as %s", models.getFirst().dtype(),
                                    rounding, storage)
                            .isEqualTo(bytes(scalar, kernel, models, size, rounding, storage));
                }
            }
        });
    }

    private static byte[] bytes(MergeKernels kernels, Kernel kernel, List<Elements> models,
            int size, DType rounding,
            DType storage) {
        try (Arena arena = Arena.ofConfined()) {
            // Odd address, and a guard behind the target.
            MemorySegment memory = arena.allocate((long) size * storage.bytes() + 2);
            MemorySegment target = memory.asSlice(1, (long) size * storage.bytes());
            kernel.run(kernels, models, new RoundedElements(target, rounding, storage, size));
            return memory.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        }
    }
}
