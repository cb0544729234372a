package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.merge.MergeOperation.Sparsity;
import io.mendel.merge.TestModels.TestTensor;
import io.mendel.space.MergeMethod;
import io.mendel.space.MergeMethods;
import io.mendel.space.ParameterValue;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What DARE and DELLA promise, on a base of zeros, so that a merged model with one parent is its sparsified delta. */
class RandomSparsityTest {

    private static final int ROWS = 2048;
    private static final int ROW = 64;

    @TempDir
    Path folder;
    private final float[] delta = new float[ROWS * ROW];
    private final Map<String, Checkpoint> models = new TreeMap<>();

    @BeforeEach
    void writeModels() throws Exception {
        var random = new SplittableRandom(5);
        for (int i = 0; i < delta.length; i++) {
            delta[i] = (float) (random.nextGaussian() * 0.02);
        }
        add("base", new float[delta.length]);
        add("model", delta);
    }

    private void add(String name, float[] values) throws Exception {
        models.put(name, TestModels.write(folder.resolve(name), "{}", DType.F32,
                Map.of("w", new TestTensor(List.of((long) ROWS, (long) ROW), values))));
    }

    @AfterEach
    void closeModels() {
        models.values().forEach(Checkpoint::close);
    }

    static Stream<Arguments> methods() {
        return Stream.of(MergeMethods.DARE_LINEAR, MergeMethods.DARE_TIES, MergeMethods.DELLA,
                MergeMethods.DELLA_LINEAR)
                .flatMap(method -> Engines.all()
                        .stream()
                        .flatMap(kernels -> Stream.of(0.2, 0.5, 0.9)
                                .map(density -> Arguments.of(method, density, kernels))));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void keepsTheDensityAndTheNormWithOneScale(MergeMethod method, double density,
            MergeKernels kernels) throws Exception {
        float[] merged = merge(method, density, 0.15, true, 1, kernels);

        int kept = 0;
        double norm = 0;
        double former = 0;
        double scale = Double.NaN;
        for (int i = 0; i < delta.length; i++) {
            former += Math.abs(delta[i]);
            norm += Math.abs(merged[i]);
            if (merged[i] != 0) {
                kept++;
                scale = Double.isNaN(scale) ? merged[i] / (double) delta[i] : scale;
                assertThat(merged[i] / (double) delta[i]).isCloseTo(scale, within(2e-7 * scale));
            }
        }
        assertThat((double) kept / delta.length).isCloseTo(density, within(0.006));
        assertThat(norm).isCloseTo(former, within(1e-6 * former));
        assertThat(scale).isGreaterThan(1);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void withoutRescalingWhatIsKeptIsUntouched(MergeMethod method, double density,
            MergeKernels kernels) throws Exception {
        float[] merged = merge(method, density, 0.1, false, 2, kernels);
        for (int i = 0; i < delta.length; i++) {
            assertThat(merged[i] == 0 || merged[i] == delta[i]).isTrue();
        }
    }

    @Test
    void theMeanOfManyDareMasksIsTheDelta() throws Exception {
        double[] mean = new double[delta.length];
        int seeds = 64;
        for (int seed = 0; seed < seeds; seed++) {
            float[] merged = merge(MergeMethods.DARE_LINEAR, 0.3, 0, true, seed,
                    Engines.all().getLast());
            for (int i = 0; i < mean.length; i++) {
                mean[i] += merged[i] / (double) seeds;
            }
        }
        double projection = 0;
        double length = 0;
        double error = 0;
        for (int i = 0; i < mean.length; i++) {
            projection += mean[i] * delta[i];
            length += (double) delta[i] * delta[i];
            error += Math.pow(mean[i] - delta[i], 2);
        }
        assertThat(projection / length).isCloseTo(1, within(0.005));
        // A mean of masks at density p misses by (1 − p)/p of the squared length, divided by their number.
        assertThat(error / length).isCloseTo(0.7 / 0.3 / seeds, within(0.002));
    }

    @Test
    void dellaKeepsByRankInTheRow() throws Exception {
        int[] kept = new int[ROW];
        int seeds = 8;
        for (int seed = 0; seed < seeds; seed++) {
            float[] merged = merge(MergeMethods.DELLA_LINEAR, 0.5, 0.3, true, seed,
                    Engines.all().getLast());
            for (int row = 0; row < ROWS; row++) {
                for (int i = 0; i < ROW; i++) {
                    kept[rank(row, i)] += merged[row * ROW + i] != 0 ? 1 : 0;
                }
            }
        }
        for (int rank = 0; rank < ROW; rank++) {
            assertThat(kept[rank] / (double) (seeds * ROWS)).as("rank %d", rank)
                    .isCloseTo(0.2 + 0.6 * rank / (ROW - 1), within(0.016));
        }
    }

    private int rank(int row, int element) {
        int rank = 0;
        for (int i = 0; i < ROW; i++) {
            rank += Math.abs(delta[row * ROW + i]) < Math.abs(delta[row * ROW + element]) ? 1 : 0;
        }
        return rank;
    }

    @Test
    void epsilonNeverMovesTheMeanOrLeavesTheUnitInterval() {
        for (double density : List.of(0.0, 0.05, 0.5, 0.9, 0.999)) {
            var sparsity = new Sparsity.RandomByRank(density, 0.15, 0);
            double sum = 0;
            for (int rank = 0; rank < 17; rank++) {
                double probability = RankedMask.probability(sparsity, rank, 17);
                assertThat(probability).isBetween(0.0, 1.0);
                sum += probability;
            }
            assertThat(sum / 17).isCloseTo(density, within(1e-12));
            assertThat(RankedMask.probability(sparsity, 0, 1)).isEqualTo(density, within(1e-12));
        }
    }

    private float[] merge(MergeMethod method, double density, double epsilon, boolean rescale,
            long seed, MergeKernels kernels) throws MergeException {
        var parameters = new TreeMap<>(Map.of("weight", ParameterValue.of(1), "density",
                ParameterValue.of(density), "rescale", ParameterValue.of(rescale ? 1 : 0)));
        if (method.has("epsilon")) {
            parameters.put("epsilon", ParameterValue.of(epsilon));
        }
        var recipe = new Recipe(method, "base",
                List.of(Slice.of(List.of(Source.of("model", new TreeMap<>())))), parameters, null,
                null, seed);
        try (Merger merger = Merger.create(models, StatisticsStore.inMemory(), kernels, 1,
                10_000)) {
            return TestModels.read(merger.open(MergePlanner.plan(recipe, models)), "w");
        }
    }
}
