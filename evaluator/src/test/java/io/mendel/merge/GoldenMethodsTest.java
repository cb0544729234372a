package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.merge.MergeOperation.Delta;
import io.mendel.merge.MergeOperation.DeltaMerge;
import io.mendel.merge.MergeOperation.Sparsity;
import io.mendel.merge.TestModels.TestTensor;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares operations with an independent fp64 implementation (methods.json, see METHODS.md of the design). */
class GoldenMethodsTest {

    private static final float TOLERANCE = 2e-6f;

    @TempDir
    Path folder;
    private JsonNode golden = new ObjectMapper().createObjectNode();
    private final Map<String, Checkpoint> models = new LinkedHashMap<>();

    @BeforeEach
    void writeModels() throws Exception {
        Path file = Path.of(System.getProperty("golden.dir", "src/test/resources/golden"))
                .resolve("methods.json");
        golden = new ObjectMapper().readTree(file.toFile());
        float[] base = floats(golden.at("/F1/base"));
        add("base", base);
        for (int m = 1; m <= 3; m++) {
            float[] delta = floats(golden.at("/F1/tau" + m));
            float[] model = new float[base.length];
            for (int i = 0; i < base.length; i++) {
                model[i] = base[i] + delta[i];
            }
            add("m" + m, model);
        }
        add("a", 1, 2, 3, 4);
        add("b", -1, .5f, 2, 1);
        add("2a", 2, 4, 6, 8);
        add("c", 2, 0, 1, 1);
        add("m3b", sum(base, .3f, -.2f, .1f, .05f, -.1f, .1f, 0, .4f));
        add("zero", 0, 0);
        add("first", .2f, -.3f);
        add("second", -.2f, -.1f);
    }

    @AfterEach
    void closeModels() {
        models.values().forEach(Checkpoint::close);
    }

    private void add(String name, float... values) throws Exception {
        models.put(name, TestModels.write(folder.resolve(name), "{}", DType.F32,
                Map.of("w", TestTensor.vector(values))));
    }

    private static float[] sum(float[] base, float... delta) {
        float[] sum = new float[base.length];
        for (int i = 0; i < base.length; i++) {
            sum[i] = base[i] + delta[i];
        }
        return sum;
    }

    @Test
    void drawsTheSpecifiedRandomNumbers() {
        assertThat(CounterRandom.fnv1a("m1/w"))
                .isEqualTo(Long.parseUnsignedLong(golden.at("/RNG/fnv_m1_w").asText().substring(2),
                        16));
        long key = CounterRandom.key(42, "m1", "w");
        assertThat(key).isEqualTo(
                Long.parseUnsignedLong(golden.at("/RNG/key_seed42_m1_w").asText().substring(2),
                        16));
        float[] draws = floats(golden.at("/RNG/u"));
        for (int i = 0; i < draws.length; i++) {
            assertThat(CounterRandom.draw(key, i) * 0x1p-53).isCloseTo(draws[i], within(1e-6));
        }
    }

    @Test
    void averagesAndWeighs() {
        double third = 1.0 / 3;
        expect("/average/theta", new MergeOperation.WeightedSum(List.of(third, third, third)), "m1",
                "m2", "m3");
        expect("/linear_w_0.5_0.3_0.2/theta", new MergeOperation.WeightedSum(List.of(.5, .3, .2)),
                "m1", "m2", "m3");
    }

    @Test
    void interpolatesOnTheArc() {
        expect("/slerp/t03", new MergeOperation.Combination(new Slerp(.3)), "a", "b");
        expect("/slerp/t05", new MergeOperation.Combination(new Slerp(.5)), "a", "b");
        expect("/slerp/colinear_t03", new MergeOperation.Combination(new Slerp(.3)), "a", "2a");
    }

    @Test
    void interpolatesDeltasOnTheArc() {
        expect("/delta_slerp_t05_tau1_tau2/theta",
                new MergeOperation.DeltaCombination(new NuSlerp(.5)), "base", "m1", "m2");
    }

    @Test
    void findsTheMeanOnTheSphere() {
        expect("/karcher/out", new MergeOperation.Combination(new Karcher(10, 1e-5)), "a", "b",
                "c");
        expect("/multislerp_w(.5,.3,.2)/out",
                new MergeOperation.Combination(new MultiSlerp(List.of(.5, .3, .2), 1e-8)), "a",
                "b", "c");
    }

    @Test
    void stocksModels() {
        String theta = "/model_stock(tau3'=[.3,-.2,.1,.05,-.1,.1,0,.4])/theta";
        expect(theta, new MergeOperation.DeltaCombination(new ModelStock()), "base", "m1", "m2",
                "m3b");
        // A vector is one row.
        expect(theta, new MergeOperation.Blocks(new RowCombination(new ModelStock(), true)), "base",
                "m1", "m2", "m3b");
    }

    @Test
    void selectsCalculatesAndErases() {
        expectDeltaOf("/sce_topk0.5/merged_tv", new MergeOperation.Blocks(new Sce(.5)));
    }

    @Test
    void addsUniqueAndSharedDeltas() {
        expectDeltaOf("/ram_eps0.18/ram", new MergeOperation.Blocks(new Ram(.18, 0, 0)));
        expectDeltaOf("/ram_eps0.18/ramplus", new MergeOperation.Blocks(new Ram(.18, .1, .2)));
    }

    @Test
    void dropsBothTails() {
        var band = new Sparsity.Band(.5, .125);
        expectDeltas("/breadcrumbs_keep0.5_gamma0.125/theta_alpha0_3", band, Rescale.NONE,
                Consensus.SUM, .3, 1, 1, 1);
        for (int m = 0; m < 3; m++) {
            double[] weights = new double[3];
            weights[m] = 1;
            expectDeltaOf("/breadcrumbs_keep0.5_gamma0.125/sparse/" + m, band, Rescale.NONE,
                    Consensus.SUM, weights);
        }
    }

    @Test
    void keepsLargeElementsOfARowMoreOften() {
        float[] expected = floats(golden.at("/della_d0.5_eps0.2_keep_prob_tau1/p"));
        float[] delta = floats(golden.at("/F1/tau1"));
        var sparsity = new Sparsity.RandomByRank(.5, .2, 42);
        for (int i = 0; i < expected.length; i++) {
            int rank = 0;
            for (float other : delta) {
                rank += Math.abs(other) < Math.abs(delta[i]) ? 1 : 0;
            }
            assertThat(RankedMask.probability(sparsity, rank, 8)).isCloseTo(expected[i],
                    within(2e-6));
        }
    }

    @Test
    void swapsWhatIsNear() {
        expect("/nearswap_t0.1/theta", new MergeOperation.Blocks(new NearSwap(.1)), "base", "m1");
    }

    @Test
    void addsTaskVectors() {
        expectDeltas("/task_arithmetic_lambda0.3/theta", new Sparsity.None(), Rescale.NONE,
                Consensus.SUM, .3, 1, 1, 1);
    }

    @Test
    void trimsElectsAndAverages() {
        Sparsity half = new Sparsity.Magnitude(.5);
        expectDeltas("/ties_exact_d0.5/theta_lambda1", half, Rescale.NONE, Consensus.ELECTED_MEAN,
                1, 1, 1, 1);
        expectDeltaOf("/ties_exact_d0.5/merged_tv_sum", half, Rescale.NONE, Consensus.ELECTED_SUM,
                1, 1, 1);
        expectDeltaOf("/ties_weighted_mergekit_w(1,0.5,0.25)", half, Rescale.NONE,
                Consensus.ELECTED_MEAN, 1, .5, .25);
    }

    @Test
    void electsPlusWhereTheSumIsZero() {
        expect("/ties_zero_sum_sign/plus",
                deltas(new Sparsity.None(), Rescale.NONE, Consensus.ELECTED_MEAN, 1, 1, 1),
                "zero", "first", "second");
    }

    @Test
    void dropsAtRandomAndRescalesByTheInverseDensity() {
        Sparsity half = new Sparsity.Random(.5, 42);
        expectDeltas("/dare_keep0.5_seed42/dare_linear_lambda1_over3", half,
                Rescale.INVERSE_DENSITY, Consensus.SUM,
                1.0 / 3, 1, 1, 1);
        expectDeltas("/dare_keep0.5_seed42/dare_ta_lambda0_3", half, Rescale.INVERSE_DENSITY,
                Consensus.SUM, .3, 1, 1,
                1);
        expectDeltas("/dare_keep0.5_seed42/theta_dare_ties_lambda1", half, Rescale.INVERSE_DENSITY,
                Consensus.ELECTED_MEAN, 1, 1, 1, 1);
    }

    @Test
    void dropsAtRandomAndKeepsTheNorm() {
        for (int m = 0; m < 3; m++) {
            double[] weights = new double[3];
            weights[m] = 1;
            expectDeltaOf("/dare_mergekit_L1rescale/rescaled/" + m, new Sparsity.Random(.5, 42),
                    Rescale.L1,
                    Consensus.SUM, weights);
        }
    }

    private static DeltaMerge deltas(Sparsity sparsity, Rescale rescale, Consensus consensus,
            double scale,
            double... weights) {
        var deltas = new ArrayList<Delta>();
        for (double weight : weights) {
            deltas.add(new Delta(weight, sparsity, rescale));
        }
        return new DeltaMerge(deltas, consensus, scale);
    }

    private void expectDeltas(String pointer, Sparsity sparsity, Rescale rescale,
            Consensus consensus, double scale,
            double... weights) {
        expect(pointer, deltas(sparsity, rescale, consensus, scale, weights), "base", "m1", "m2",
                "m3");
    }

    private void expectDeltaOf(String pointer, Sparsity sparsity, Rescale rescale,
            Consensus consensus,
            double... weights) {
        float[] base = floats(golden.at("/F1/base"));
        JsonNode node = golden.at(pointer);
        float[] expected = floats(node.has("merged_tv") ? node.get("merged_tv") : node);
        for (int i = 0; i < expected.length; i++) {
            expected[i] += base[i];
        }
        expect(expected, deltas(sparsity, rescale, consensus, 1, weights), "base", "m1", "m2",
                "m3");
    }

    private void expectDeltaOf(String pointer, MergeOperation operation) {
        float[] expected = sum(floats(golden.at("/F1/base")), floats(golden.at(pointer)));
        expect(expected, operation, "base", "m1", "m2", "m3");
    }

    private void expect(String pointer, MergeOperation operation, String... inputs) {
        expect(floats(golden.at(pointer)), operation, inputs);
    }

    private void expect(float[] expected, MergeOperation operation, String... inputs) {
        var tensorInputs = new ArrayList<TensorInput>();
        for (String input : inputs) {
            tensorInputs.add(new TensorInput(input, "w"));
        }
        var info = new TensorInfo("w", DType.F32, List.of((long) expected.length));
        var tensors = new TreeMap<>(Map.of("w", new TensorMerge(info, tensorInputs, operation)));
        var plan = new MergePlan(Recipe.identity(inputs[0]), tensors, inputs[0], List.of(), false,
                null);
        for (MergeKernels kernels : Engines.all()) {
            try (Merger merger = Merger.create(models, StatisticsStore.inMemory(), kernels, 1)) {
                assertThat(TestModels.read(merger.open(plan), "w")).as(kernels.name())
                        .usingComparatorWithPrecision(TOLERANCE)
                        .containsExactly(expected);
            }
        }
    }

    private static float[] floats(JsonNode array) {
        assertThat(array.isArray()).isTrue();
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble();
        }
        return values;
    }
}
