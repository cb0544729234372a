package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.merge.TestModels.TestTensor;
import io.mendel.space.MergekitReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares recipes, from YAML to merged weights, with an independent fp64 implementation (methods.json). */
class GoldenResearchTest {

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
        float[] base = floats("/F1/base");
        add("base", Map.of("w", TestTensor.vector(base)));
        for (int m = 1; m <= 3; m++) {
            add("m" + m, Map.of("w", TestTensor.vector(plus(base, floats("/F1/tau" + m)))));
        }
    }

    @AfterEach
    void closeModels() {
        models.values().forEach(Checkpoint::close);
    }

    private void add(String name, Map<String, TestTensor> tensors) throws Exception {
        models.put(name, TestModels.write(folder.resolve(name), "{}", DType.F32, tensors));
    }

    @Test
    void trimsOverTheWholeModelExactly() throws Exception {
        expect("/ties_exact_d0.5/theta_lambda1",
                ties("density: 0.5, weight: 1, scope: global"));
        expectDelta("/ties_exact_d0.5/merged_tv_sum",
                ties("density: 0.5, weight: 1, scope: global, normalize: false"));
    }

    @Test
    void trimsByTheAuthorsThreshold() throws Exception {
        for (String scope : List.of("global", "tensor")) {
            expect("/ties_refthreshold_d0.5/theta_lambda1",
                    ties("density: 0.5, weight: 1, trim_rule: threshold, scope: " + scope));
        }
    }

    @Test
    void electsTheMajoritySignWhereTheSumIsZero() throws Exception {
        add("zero", Map.of("w", TestTensor.vector(0, 0)));
        add("first", Map.of("w", TestTensor.vector(floats("/ties_zero_sum_sign/input/0"))));
        add("second", Map.of("w", TestTensor.vector(floats("/ties_zero_sum_sign/input/1"))));
        String recipe = """
                merge_method: ties
                base_model: zero
                models: [{model: first}, {model: second}]
                parameters: {weight: 1, scope: global, zero_sign: %s}
                """;
        expect("/ties_zero_sum_sign/paper", recipe.formatted("majority"));
        expect("/ties_zero_sum_sign/plus", recipe.formatted("positive"));
    }

    @Test
    void rescalesByEveryRule() throws Exception {
        expect("/dare_keep0.5_seed42/dare_ta_lambda0_3", """
                merge_method: dare_linear
                base_model: base
                models: [{model: m1}, {model: m2}, {model: m3}]
                parameters: {density: 0.5, weight: 1, lambda: 0.3, rescale_rule: inverse_density}
                mendel: {seed: 42}
                """);
        for (int m = 1; m <= 3; m++) {
            String single = """
                    merge_method: dare_linear
                    base_model: base
                    models: [{model: m%d}]
                    parameters: {density: 0.5, weight: 1, rescale: false, rescale_rule: %s}
                    mendel: {seed: 42}
                    """;
            expectDelta("/dare_mergekit_L1rescale/rescaled/" + (m - 1), single.formatted(m, "l1"));
            float[] tau = floats("/F1/tau" + m);
            float[] mask = floats("/dare_keep0.5_seed42/masks/" + (m - 1));
            check(plus(floats("/F1/base"), scaled(tau, mask, 1)), single.formatted(m, "none"));
            check(plus(floats("/F1/base"), scaled(tau, mask, 2)), single.formatted(m, "l2"));
            check(plus(floats("/F1/base"), scaled(tau, mask, 3)), single.formatted(m, "linf"));
        }
        expect("/dare_keep0.5_seed42/theta_dare_ties_lambda1",
                """
                        merge_method: dare_ties
                        base_model: base
                        models: [{model: m1}, {model: m2}, {model: m3}]
                        parameters: {density: 0.5, weight: 1, normalize: true, rescale_rule: inverse_density}
                        mendel: {seed: 42}
                        """);
    }

    /** The kept deltas, brought to their former length: 1 not at all, 2 in L2, 3 in the largest magnitude. */
    private static float[] scaled(float[] tau, float[] mask, int rule) {
        double all = 0;
        double kept = 0;
        for (int i = 0; i < tau.length; i++) {
            double size = rule == 2 ? (double) tau[i] * tau[i] : Math.abs(tau[i]);
            all = rule == 2 ? all + size : Math.max(all, size);
            kept = rule == 2 ? kept + mask[i] * size : Math.max(kept, mask[i] * size);
        }
        double factor = rule == 1 ? 1 : rule == 2 ? Math.sqrt(all / kept) : all / kept;
        float[] result = new float[tau.length];
        for (int i = 0; i < tau.length; i++) {
            result[i] = (float) (mask[i] * tau[i] * factor);
        }
        return result;
    }

    @Test
    void keepsWhatEnoughModelsRelyOn() throws Exception {
        String recipe = """
                merge_method: consensus
                base_model: base
                models: [{model: m1}, {model: m2}, {model: m3}]
                parameters: {mask_lambda: 0.45, k: %d, lambda: %s}
                """;
        expect("/tall_lambda0.45/theta_alpha0_3", recipe.formatted(2, "0.3"));
        expectDelta("/tall_lambda0.45/consensus_k2_tv", recipe.formatted(2, "1"));
        expectDelta("/tall_lambda0.45/tau_mtl", recipe.formatted(0, "1"));
        expect("/F1/base", recipe.formatted(4, "1"));
    }

    @Test
    void dropsOutliersInRows() throws Exception {
        String recipe = """
                merge_method: breadcrumbs
                base_model: %s
                models: [{model: %s}, {model: %s}, {model: %s}]
                parameters: {scope: row, weight: 1, density: 0.5, gamma: 0.125, lambda: 0.3}
                """;
        expect("/breadcrumbs_keep0.5_gamma0.125/theta_alpha0_3",
                recipe.formatted("base", "m1", "m2", "m3"));
        for (int m = 0; m < 3; m++) {
            // A single model wins every election.
            expectDelta("/breadcrumbs_keep0.5_gamma0.125/sparse/" + m, """
                    merge_method: breadcrumbs_ties
                    base_model: base
                    models: [{model: m%d}]
                    parameters: {scope: row, weight: 1, density: 0.5, gamma: 0.125}
                    """.formatted(m + 1));
        }
        // Every row of a matrix is a fixture of its own; the second row holds the models in another order.
        float[] base = floats("/F1/base");
        add("rows", Map.of("w", matrix(2, base, base)));
        for (int m = 0; m < 3; m++) {
            float[] first = plus(base, floats("/F1/tau" + (m + 1)));
            float[] second = plus(base, floats("/F1/tau" + ((m + 1) % 3 + 1)));
            add("rows" + m, Map.of("w", matrix(2, first, second)));
        }
        float[] row = floats("/breadcrumbs_keep0.5_gamma0.125/theta_alpha0_3");
        check(matrix(2, row, row).values(), recipe.formatted("rows", "rows0", "rows1", "rows2"));
    }

    @Test
    void letsParametersCompete() throws Exception {
        String recipe = """
                merge_method: pcb
                base_model: base
                models: [{model: m1}, {model: m2}, {model: m3}]
                parameters: {ratio: 0.5, variant: %s, clip: %s, scope: %s}
                """;
        for (String scope : List.of("global", "tensor")) {
            expect("/pcb_release_r0.5/theta_lambda1",
                    recipe.formatted("release", "0.0001", scope));
            expectDelta("/pcb_pairwise_r0.5/merged_tv",
                    recipe.formatted("pairwise", "0.01", scope));
            expect("/pcb_paper_r0.5/theta_lambda1", recipe.formatted("paper", "0", scope));
        }
    }

    @Test
    void averagesUnderOneMask() throws Exception {
        add("s1", Map.of("w", TestTensor.vector(.5f, 0, 1.2f, 0, -.8f, 0, .3f, -.1f)));
        add("s2", Map.of("w", TestTensor.vector(.7f, 0, 1, 0, -1, 0, .1f, -.3f)));
        String recipe = """
                merge_method: masked_soup
                models: [{model: s1}, {model: s2}]
                parameters: {mask: %s, density: %s}
                """;
        expect("/sms/avg", recipe.formatted("intersection", "1"));
        expect("/sms/avg", recipe.formatted("mean", "1"));
        expect("/sms/next_prune_keep3", recipe.formatted("mean", "0.375"));
        expect("/sms/next_prune_keep3", recipe.formatted("intersection", "0.375"));
        // The first of two phases keeps the root of what the last one keeps.
        expect("/sms/next_prune_keep3",
                recipe.formatted("mean", "0.140625, phase: 1, phases: 2"));
        expect("/sms/next_prune_keep3", recipe.formatted("mean", "0.375, phase: 2, phases: 2"));
    }

    @Test
    void projectsOrthogonally() throws Exception {
        addMatrices();
        for (String alpha : List.of("0.5", "0.9")) {
            String step = "/opcm_alpha" + alpha;
            expectMatrix(step + "/step2", """
                    merge_method: opcm
                    base_model: origin
                    models: [{model: t1}, {model: t2}]
                    parameters: {alpha: %s}
                    """.formatted(alpha));
            expectMatrix(step + "/step3", """
                    merge_method: opcm
                    base_model: origin
                    models: [{model: t1}, {model: t2}, {model: t3}]
                    parameters: {alpha: %s}
                    """.formatted(alpha));
        }
    }

    @Test
    void goesOnWithAFinishedMerge() throws Exception {
        addMatrices();
        JsonNode step = golden.at("/opcm_alpha0.9/step2");
        add("finished", Map.of("layer.weight", matrix(step.get("merged_tv")), "layer.bias",
                TestTensor.vector(floats("/opcm_alpha0.9/step2/merged_bias_tv"))));
        expectMatrix("/opcm_alpha0.9/step3", """
                merge_method: opcm
                base_model: origin
                models: [{model: finished}, {model: t3}]
                parameters: {alpha: 0.9, merged_count: 2, merged_scale: %s}
                """.formatted(step.get("lambda_t").asText()));
    }

    @Test
    void addsGatedRemaindersOfLowRank() throws Exception {
        addMatrices();
        JsonNode gates = golden.at("/twin_rank1/router_softmax");
        check("layer.weight", matrix(golden.at("/twin_rank1/theta_x")).values(), """
                merge_method: twin
                base_model: origin
                models:
                  - {model: t1, parameters: {gate: %s}}
                  - {model: t2, parameters: {gate: %s}}
                parameters: {lambda: 0.3, rank: 1}
                """.formatted(gates.get(0).asText(), gates.get(1).asText()));
        String shared = """
                merge_method: twin
                base_model: origin
                models: [{model: t1}, {model: t2}]
                parameters: {lambda: 0.3, gate: 0}
                """;
        check("layer.weight", matrix(golden.at("/twin_rank1/shared")).values(), shared);
    }

    @Test
    void namedMethodsArePresetsOfThePipeline() throws Exception {
        String recipe = """
                merge_method: pipeline
                base_model: base
                models: [{model: m1}, {model: m2}, {model: m3}]
                parameters: {density: 0.5, gamma: 0.125, sparsify: %s, rescale_rule: %s, consensus: %s, aggregate: %s, lambda: %s, scope: %s}
                mendel: {seed: 42}
                """;
        for (String scope : List.of("tensor", "global")) {
            expect("/task_arithmetic_lambda0.3/theta",
                    recipe.formatted("none", "none", "none", "sum", "0.3", scope));
            expect("/ties_exact_d0.5/theta_lambda1",
                    recipe.formatted("magnitude", "none", "mass", "disjoint_mean", "1", scope));
            expectDelta("/ties_exact_d0.5/merged_tv_sum",
                    recipe.formatted("magnitude", "none", "mass", "sum", "1", scope));
            expect("/dare_keep0.5_seed42/dare_linear_lambda1_over3",
                    recipe.formatted("random", "inverse_density", "none", "mean", "1", scope));
            expect("/dare_keep0.5_seed42/theta_dare_ties_lambda1", recipe.formatted("random",
                    "inverse_density", "mass", "disjoint_mean", "1", scope));
            expect("/breadcrumbs_keep0.5_gamma0.125/theta_alpha0_3",
                    recipe.formatted("band", "none", "none", "sum", "0.3", scope));
        }
        expect("/average/theta", recipe.formatted("none", "l2", "none", "mean", "1", "tensor"));
    }

    private void addMatrices() throws Exception {
        add("origin", Map.of("layer.weight", new TestTensor(List.of(3L, 3L), new float[9]),
                "layer.bias", TestTensor.vector(0, 0)));
        for (int t = 1; t <= 3; t++) {
            add("t" + t, Map.of("layer.weight", matrix(golden.at("/opcm_alpha0.5/tau" + t)),
                    "layer.bias",
                    TestTensor.vector(floats("/opcm_alpha0.5/bias_tau/" + (t - 1)))));
        }
    }

    private void expectMatrix(String pointer, String recipe) throws Exception {
        check("layer.weight", matrix(golden.at(pointer + "/merged_tv")).values(), recipe);
        check("layer.bias", floats(pointer + "/merged_bias_tv"), recipe);
    }

    private static String ties(String parameters) {
        return """
                merge_method: ties
                base_model: base
                models: [{model: m1}, {model: m2}, {model: m3}]
                parameters: {%s}
                """.formatted(parameters);
    }

    private void expect(String pointer, String recipe) throws Exception {
        check(floats(pointer), recipe);
    }

    private void expectDelta(String pointer, String recipe) throws Exception {
        check(plus(floats("/F1/base"), floats(pointer)), recipe);
    }

    private void check(float[] expected, String recipe) throws Exception {
        check("w", expected, recipe);
    }

    private void check(String tensor, float[] expected, String recipe) throws Exception {
        MergePlan plan = MergePlanner.plan(MergekitReader.read(recipe, "test"), models);
        for (MergeKernels kernels : Engines.all()) {
            try (Merger merger = Merger.create(models, StatisticsStore.inMemory(), kernels, 1)) {
                assertThat(TestModels.read(merger.open(plan), tensor)).as(recipe)
                        .usingComparatorWithPrecision(TOLERANCE)
                        .containsExactly(expected);
            }
        }
    }

    private static float[] plus(float[] a, float[] b) {
        float[] sum = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            sum[i] = a[i] + b[i];
        }
        return sum;
    }

    private static TestTensor matrix(long rows, float[]... values) {
        List<Float> all = new ArrayList<>();
        for (float[] row : values) {
            for (float value : row) {
                all.add(value);
            }
        }
        float[] flat = new float[all.size()];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = all.get(i);
        }
        return new TestTensor(List.of(rows, flat.length / rows), flat);
    }

    private static TestTensor matrix(JsonNode rows) {
        float[][] values = new float[rows.size()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = floats(rows.get(i));
        }
        return matrix(values.length, values);
    }

    private float[] floats(String pointer) {
        return floats(golden.at(pointer));
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
