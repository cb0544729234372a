package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.merge.MergeOperation.Sparsity;
import io.mendel.merge.TestModels.TestTensor;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares methods that select elements with plain implementations that sort, on values with many ties. */
class SelectingMethodsTest {

    private static final int ROWS = 97;
    private static final int ROW = 211;
    private static final int SIZE = ROWS * ROW;

    @TempDir
    Path folder;
    private final Map<String, Checkpoint> models = new TreeMap<>();
    private final Map<String, float[]> values = new TreeMap<>();

    @AfterEach
    void closeModels() {
        models.values().forEach(Checkpoint::close);
    }

    /** Bases and models whose differences are multiples of {@code step}: the larger it is, the more ties. */
    private void writeModels(double step) throws Exception {
        for (int m = 0; m < 4; m++) {
            var random = new SplittableRandom(m);
            float[] model = new float[SIZE];
            for (int i = 0; i < SIZE; i++) {
                double change = m == 0 ? 0 : random.nextGaussian() * (i / ROW % 3 + 1) * 0.25;
                double start = (i * 37 % 64) / 32.0 - 1;
                model[i] = (float) (start + Math.rint(change / step) * step);
            }
            String name = "m" + m;
            values.put(name, model);
            models.put(name, TestModels.write(folder.resolve(name), "{}", DType.F32, Map.of("w",
                    new TestTensor(List.of((long) ROWS, (long) ROW), model))));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0x1p-16, 0x1p-5, 0x1p-2})
    void breadcrumbsDropExactlyBothTails(double step) throws Exception {
        writeModels(step);
        for (double density : List.of(0.05, 0.5, 0.97)) {
            for (double gamma : List.of(0.0, 0.01, 0.2)) {
                int kept = (int) (density * SIZE);
                int dropped = Math.min((int) (gamma * SIZE), SIZE - kept);
                float[] base = model(0);
                float[] model = model(1);
                int[] order = descending(i -> Math.abs(model[i] - base[i]));
                float[] expected = base.clone();
                for (int rank = dropped; rank < dropped + kept; rank++) {
                    expected[order[rank]] = model[order[rank]];
                }
                var delta = new MergeOperation.Delta(1, new Sparsity.Band(density, gamma),
                        Rescale.NONE);
                expect(expected,
                        new MergeOperation.DeltaMerge(List.of(delta), Consensus.SUM, 1), 2);
            }
        }
    }

    @Test
    void breadcrumbsRescaleToTheFormerNorm() throws Exception {
        writeModels(0x1p-16);
        var delta = new MergeOperation.Delta(1, new Sparsity.Band(0.4, 0.1), Rescale.L1);
        float[] merged = merge(new MergeOperation.DeltaMerge(List.of(delta), Consensus.SUM, 1), 2,
                new ScalarMergeKernels());
        double norm = 0;
        double former = 0;
        for (int i = 0; i < SIZE; i++) {
            norm += Math.abs(merged[i] - model(0)[i]);
            former += Math.abs(model(1)[i] - model(0)[i]);
        }
        assertThat(norm).isCloseTo(former, within(1e-6 * former));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0x1p-16, 0x1p-2})
    void sceSelectsExactlyTheMostVarying(double step) throws Exception {
        writeModels(step);
        double[] variances = new double[SIZE];
        for (int i = 0; i < SIZE; i++) {
            double mean = (tau(1, i) + tau(2, i) + tau(3, i)) / 3;
            for (int m = 1; m <= 3; m++) {
                variances[i] += (tau(m, i) - mean) * (tau(m, i) - mean) / 3;
            }
            variances[i] = (float) variances[i];
        }
        long varying = Arrays.stream(variances).filter(v -> v > 0).count();
        for (double topk : List.of(0.1, 0.75)) {
            var selected = new boolean[SIZE];
            Arrays.stream(descending(i -> variances[i]))
                    .limit((long) (topk * varying))
                    .forEach(i -> selected[i] = true);
            expect(sce(selected), new MergeOperation.Blocks(new Sce(topk)), 4);
        }
    }

    private float[] sce(boolean[] selected) {
        double[] weights = new double[4];
        for (int i = 0; i < SIZE; i++) {
            for (int m = 1; m <= 3 && selected[i]; m++) {
                weights[m] += tau(m, i) * tau(m, i);
            }
        }
        float[] expected = model(0).clone();
        for (int i = 0; i < SIZE; i++) {
            double sign = tau(1, i) + tau(2, i) + tau(3, i) >= 0 ? 1 : -1;
            double sum = 0;
            double divisor = 0;
            for (int m = 1; m <= 3 && selected[i]; m++) {
                if (tau(m, i) * sign > 0) {
                    sum += weights[m] * tau(m, i);
                    divisor += weights[m];
                }
            }
            expected[i] += (float) (divisor == 0 ? 0 : sum / divisor);
        }
        return expected;
    }

    @Test
    void fusionTakesWhatIsUnusuallyImportant() throws Exception {
        writeModels(0x1p-16);
        float[] importances = new float[SIZE];
        for (int row = 0; row < ROWS; row++) {
            double[] p = softmax(model(1), row);
            double[] q = softmax(model(0), row);
            double divergence = 0;
            for (int i = 0; i < ROW; i++) {
                divergence += (p[i] + 1e-8) * Math.log((p[i] + 1e-8) / (q[i] + 1e-8));
            }
            for (int i = row * ROW; i < (row + 1) * ROW; i++) {
                importances[i] = (float) (Math.abs(tau(1, i)) * divergence);
            }
        }
        float[] sorted = importances.clone();
        Arrays.sort(sorted);
        double threshold = sorted[(SIZE - 1) / 2]
                + 1.5 * (sorted[(SIZE - 1) * 3 / 4] - sorted[(SIZE - 1) / 4]);
        float[] expected = model(0).clone();
        int taken = 0;
        for (int i = 0; i < SIZE; i++) {
            if (importances[i] >= threshold) {
                expected[i] = model(1)[i];
                taken++;
            }
        }
        assertThat(taken).isBetween(SIZE / 100, SIZE / 2);
        expect(expected, new MergeOperation.Blocks(new ArceeFusion()), 2);
    }

    private static double[] softmax(float[] values, int row) {
        double[] shares = IntStream.range(row * ROW, (row + 1) * ROW)
                .mapToDouble(i -> Math.exp(values[i]))
                .toArray();
        double sum = Arrays.stream(shares).sum();
        return Arrays.stream(shares).map(share -> share / sum).toArray();
    }

    private float[] model(int m) {
        return Objects.requireNonNull(values.get("m" + m));
    }

    private double tau(int m, int element) {
        return model(m)[element] - model(0)[element];
    }

    private static int[] descending(IntToDoubleFunction value) {
        return IntStream.range(0, SIZE)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -value.applyAsDouble(i)))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private void expect(float[] expected, MergeOperation operation, int inputs) {
        for (MergeKernels kernels : Engines.all()) {
            assertThat(merge(operation, inputs, kernels)).as(kernels.name())
                    .usingComparatorWithPrecision(1e-6f)
                    .containsExactly(expected);
        }
    }

    private float[] merge(MergeOperation operation, int inputs, MergeKernels kernels) {
        var tensorInputs = IntStream.range(0, inputs)
                .mapToObj(m -> new TensorInput("m" + m, "w"))
                .toList();
        var info = new TensorInfo("w", DType.F32, List.of((long) ROWS, (long) ROW));
        var tensors = new TreeMap<>(Map.of("w", new TensorMerge(info, tensorInputs, operation)));
        var plan = new MergePlan(Recipe.identity("m0"), tensors, "m0", List.of(), false, null);
        try (Merger merger = Merger.create(models, StatisticsStore.inMemory(), kernels, 1, 5000)) {
            return TestModels.read(merger.open(plan), "w");
        }
    }
}
