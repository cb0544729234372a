package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MagnitudeSelectionTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 257, 997, 20_011})
    void allGridDensitiesAgreeWithASort(int size) {
        var random = new SplittableRandom(size);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (random.nextDouble() - 0.5)
                    * (float) Math.scalb(1.0, random.nextInt(-20, 3));
        }
        agreesWithASort(values);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 64, 5003})
    void tiesAreCutByIndex(int size) {
        var random = new SplittableRandom(size);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (random.nextInt(5) - 2) * 0.25f;
        }
        agreesWithASort(values);
    }

    @Test
    void zerosDenormalsAndNanHaveTheirPlaces() {
        agreesWithASort(new float[]{0, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, 1e-40f,
            Float.MIN_NORMAL, 0, 1, 1, -1});
        agreesWithASort(new float[]{Float.NaN, 1, Float.POSITIVE_INFINITY, 2,
            Float.NEGATIVE_INFINITY, Float.NaN});
    }

    @Test
    void tiesOfManyPiecesAreCutByIndex() {
        int size = 700_001;
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = i % 3 * 0.25f;
        }
        try (Arena arena = Arena.ofShared(); Workers two = new Workers(2)) {
            // A third has 0.5, then come those with 0.25: elements 1, 4, 7, …
            int half = size / 3;
            assertThat(
                    LargestSelection.select(tensor(arena, new float[size]), tensor(arena, values),
                            half + 200_000, MergeKernels.preferred(), two))
                    .isEqualTo(new Keep.Largest(Float.floatToIntBits(0.25f), 3 * 199_999L + 2));
        }
    }

    @Test
    void keptCountsFollowTheRule() {
        assertThat(Trim.kept(0, 10)).isZero();
        assertThat(Trim.kept(1e-9, 10)).isEqualTo(1);
        assertThat(Trim.kept(0.29, 100)).isEqualTo(29);
        assertThat(Trim.kept(0.57, 100)).isEqualTo(57);
        assertThat(Trim.kept(1, 10)).isEqualTo(10);
        assertThat(Trim.kept(0.5, 0)).isZero();
    }

    private static void agreesWithASort(float[] values) {
        for (MergeKernels kernels : Engines.all()) {
            try (Arena arena = Arena.ofShared();
                    Workers one = new Workers(1);
                    Workers two = new Workers(2)) {
                var magnitudes = new Magnitudes(tensor(arena, new float[values.length]),
                        tensor(arena, values), kernels);
                MagnitudeTable table = MagnitudeTable.of(magnitudes);
                Integer[] order = IntStream.range(0, values.length).boxed().toArray(Integer[]::new);
                Arrays.sort(order, Comparator.comparingInt(i -> -bits(values[i])));
                for (int q = 0; q <= 256; q++) {
                    long kept = Trim.kept(q / 256.0, values.length);
                    Trim trim = table.step(q);
                    var expected = new boolean[values.length];
                    double norm = 0;
                    for (int i = 0; i < kept; i++) {
                        expected[order[i]] = true;
                        norm += Float.isNaN(values[order[i]])
                                ? Double.POSITIVE_INFINITY
                                : Math.abs(values[order[i]]);
                    }
                    var actual = new boolean[values.length];
                    for (int i = 0; i < values.length; i++) {
                        actual[i] = bits(values[i]) > trim.bits()
                                || (bits(values[i]) == trim.bits() && i < trim.cut());
                    }
                    assertThat(actual).as("density %d/256", q).isEqualTo(expected);
                    if (Double.isInfinite(norm)) {
                        assertThat(trim.norm()).isInfinite();
                    } else {
                        assertThat(trim.norm()).isCloseTo(norm, within(1e-12 * norm));
                    }
                    if (q % 32 == 1 || kept == 0) {
                        for (Workers threads : List.of(one, two)) {
                            assertThat(
                                    LargestSelection.select(tensor(arena, new float[values.length]),
                                            tensor(arena, values), kept, kernels, threads))
                                    .isEqualTo(new Keep.Largest(trim.bits(), trim.cut()));
                        }
                    }
                    if (q % 32 == 1) {
                        assertThat(MagnitudeSelection.select(magnitudes, new long[]{kept})[0])
                                .isEqualTo(trim);
                    }
                }
            }
        }
    }

    private static int bits(float value) {
        return Float.floatToIntBits(Math.abs(value));
    }

    private static Tensor tensor(Arena arena, float[] values) {
        var info = new TensorInfo("w", DType.F32, List.of((long) values.length));
        return new Tensor(info, TestModels.data(arena, DType.F32, values));
    }
}
