package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Thresholds of tensors that are large enough for a sample, against a sort. */
class LargestSelectionTest {

    /** More than a piece, and no whole number of vectors. */
    private static final int SIZE = (1 << 19) + 4099;

    /** What deltas may be like. */
    enum Deltas {
        /** As of a fine-tuned model in bf16: steps of the base's precision. */
        STEPS,
        /** No two alike. */
        CONTINUOUS,
        /** Most weights never changed. */
        MOSTLY_ZERO,
        /** The sample, which is spread evenly, sees other values than most. */
        HIDDEN;

        float of(int index, float base, SplittableRandom random) {
            DoubleSupplier normal = random::nextGaussian;
            return (float) switch (this) {
                case STEPS -> base + 0.002 * normal.getAsDouble();
                case CONTINUOUS -> 0.02 * normal.getAsDouble();
                case MOSTLY_ZERO -> random.nextInt(10) == 0
                        ? base + 0.01 * normal.getAsDouble()
                        : base;
                case HIDDEN -> base + (index % 1037 < 32 ? 0.25 : 0.01);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void thresholdsAgreeWithASort(Deltas deltas) {
        var random = new SplittableRandom(deltas.name().length());
        float[] base = new float[SIZE];
        float[] model = new float[SIZE];
        DType type = deltas == Deltas.CONTINUOUS ? DType.F32 : DType.BF16;
        for (int i = 0; i < SIZE; i++) {
            base[i] = deltas == Deltas.CONTINUOUS
                    ? 0
                    : bfloat16((float) (0.02 * random.nextGaussian()));
            model[i] = deltas.of(i, base[i], random);
            if (type == DType.BF16) {
                model[i] = bfloat16(model[i]);
            }
        }
        int[] bits = IntStream.range(0, SIZE)
                .map(i -> Float.floatToIntBits(Math.abs(model[i] - base[i])))
                .toArray();
        int[] sorted = bits.clone();
        Arrays.sort(sorted);
        try (Arena arena = Arena.ofShared();
                Workers one = new Workers(1);
                Workers two = new Workers(2)) {
            Tensor origin = tensor(arena, type, base);
            Tensor other = tensor(arena, type, model);
            for (int kept : new int[]{1, 2, 1000, SIZE / 11, SIZE / 10 + 1, SIZE / 3, SIZE / 2,
                SIZE - 77, SIZE}) {
                Keep.Largest expected = expected(bits, sorted[SIZE - kept], kept);
                for (MergeKernels kernels : Engines.all()) {
                    for (Workers workers : List.of(one, two)) {
                        assertThat(LargestSelection.select(origin, other, kept, kernels, workers))
                                .as("%d kept by %s kernels", kept, kernels.name())
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    private static Keep.Largest expected(int[] bits, int threshold, int kept) {
        long above = IntStream.of(bits).filter(b -> b > threshold).count();
        int[] ties = IntStream.range(0, SIZE).filter(i -> bits[i] == threshold).toArray();
        int wanted = (int) (kept - above);
        return new Keep.Largest(threshold, wanted == ties.length ? SIZE : ties[wanted - 1] + 1);
    }

    private static float bfloat16(float value) {
        return Rounding.fromBfloat16(Rounding.toBfloat16(value));
    }

    private static Tensor tensor(Arena arena, DType type, float[] values) {
        var info = new TensorInfo("w", type, List.of((long) values.length));
        return new Tensor(info, TestModels.data(arena, type, values));
    }
}
