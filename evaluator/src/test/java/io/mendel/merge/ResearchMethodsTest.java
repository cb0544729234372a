package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.merge.TestModels.TestTensor;
import io.mendel.space.MergekitReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold for every method beyond mergekit's, whatever the weights. */
class ResearchMethodsTest {

    private static final Path DEMO = Path.of("../optimizer/demo/models");

    @TempDir
    Path folder;
    private final Map<String, Checkpoint> models = new TreeMap<>();

    @AfterEach
    void closeModels() {
        models.values().forEach(Checkpoint::close);
    }

    static List<String> methods() {
        return List.of("ties {scope: global, density: 0.3}",
                "ties {scope: global, density: 0.3, trim_rule: threshold, zero_sign: majority, normalize: false}",
                "ties {zero_sign: majority, density: 0.4}",
                "dare_linear {density: 0.5, rescale_rule: l2}",
                "dare_ties {density: 0.5, rescale_rule: linf}",
                "consensus {mask_lambda: 0.3}",
                "breadcrumbs {scope: row, density: 0.4, gamma: 0.1}",
                "breadcrumbs_ties {scope: row, density: 0.3, gamma: 0.1, rescale: true}",
                "pcb {}", "pcb {variant: pairwise, scope: tensor}", "pcb {variant: paper}",
                "masked_soup {density: 0.4}", "masked_soup {mask: intersection, scope: tensor}",
                "pipeline {sparsify: band, density: 0.3, rescale_rule: l2, consensus: count, aggregate: mean, scope: global}",
                "pipeline {sparsify: random, density: 0.5, rescale_rule: l1, consensus: mass, aggregate: disjoint_mean}",
                "opcm {alpha: 0.6}", "twin {rank_fraction: 0.2}",
                "twin {rank: 1, embeddings: true}");
    }

    private static String recipe(String method, String base, String... parents) {
        int space = method.indexOf(' ');
        String name = method.substring(0, space);
        String parameters = method.substring(space + 1);
        boolean weighs = List.of("ties", "dare_linear", "dare_ties", "breadcrumbs",
                "breadcrumbs_ties").contains(name);
        if (weighs) {
            parameters = parameters.replace("{", "{weight: 1, ");
        }
        var text = new StringBuilder("merge_method: " + name + "\n");
        if (!name.equals("masked_soup")) {
            text.append("base_model: ").append(base).append('\n');
        }
        text.append("models:\n");
        for (String parent : parents) {
            text.append("  - {model: ").append(parent).append("}\n");
        }
        return text.append("parameters: ")
                .append(parameters)
                .append("\nmendel: {seed: 7}\n")
                .toString();
    }

    @ParameterizedTest
    @MethodSource("methods")
    void enginesThreadsAndChunksGiveTheSameBytes(String method) throws Exception {
        for (String name : List.of("base", "math-en", "chat-ja", "sort-en")) {
            models.put(name, Checkpoint.open(DEMO.resolve(name)));
        }
        MergePlan plan = plan(recipe(method, "base", "math-en", "chat-ja", "sort-en"));
        String digest = null;
        for (MergeKernels kernels : Engines.processor()) {
            for (int threads : List.of(1, 2)) {
                // 64 KB and 4 MB
                int chunk = (threads == 1) == (kernels instanceof ScalarMergeKernels)
                        ? 1 << 14
                        : 1 << 20;
                Path out = folder.resolve(kernels.name() + threads);
                try (Merger merger = Merger.create(models, StatisticsStore.inMemory(), kernels,
                        threads, chunk)) {
                    MergeReport report = merger.open(plan).write(out, WriteOptions.DEFAULT);
                    digest = digest == null ? report.digest() : digest;
                    assertThat(report.digest()).as(out.toString()).isEqualTo(digest);
                }
            }
        }
        assertThat(digest).isNotEqualTo(Objects.requireNonNull(models.get("base")).digest());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void oddShapesAreMerged(String method) throws Exception {
        add("base", 0);
        add("a", 1);
        add("b", 2);
        Map<String, float[]> merged = merge(recipe(method, "base", "a", "b"));
        assertThat(merged.get("empty")).isEmpty();
        assertThat(merged.get("scalar")).hasSize(1);
        merged.values().forEach(values -> {
            for (float value : values) {
                assertThat(value).isFinite();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("methods")
    void modelsEqualToTheBaseGiveTheBase(String method) throws Exception {
        add("base", 0);
        add("a", 0);
        add("b", 0);
        Map<String, float[]> merged = merge(recipe(method, "base", "a", "b"));
        Map<String, float[]> base = merge("""
                merge_method: linear
                models: [{model: base, parameters: {weight: 1}}]
                """);
        if (method.startsWith("masked_soup {density")) {
            return;
        }
        merged.forEach((name, values) -> assertThat(values).as(name)
                .usingComparatorWithPrecision(1e-6f)
                .containsExactly(base.getOrDefault(name, new float[0])));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void identicalModelsStayFinite(String method) throws Exception {
        add("base", 0);
        add("a", 1);
        add("b", 1);
        merge(recipe(method, "base", "a", "b")).values().forEach(values -> {
            for (float value : values) {
                assertThat(value).isFinite();
            }
        });
    }

    @Test
    void aSoupHasTheNonZerosOfItsMask() throws Exception {
        add("a", 1);
        add("b", 2);
        Map<String, float[]> merged = merge(recipe("masked_soup {density: 0.25}", "", "a", "b"));
        long elements = merged.values().stream().mapToLong(values -> values.length).sum();
        long nonZero = merged.values()
                .stream()
                .flatMap(values -> boxed(values).stream())
                .filter(value -> value != 0)
                .count();
        assertThat(nonZero).isEqualTo((long) Math.floor(0.25 * elements));
    }

    /** The winners of a model that competes with nobody are its largest deltas; of equal ones the first win. */
    @ParameterizedTest
    @ValueSource(strings = {"ties {density: 0.1, scope: global}",
        "pcb {ratio: 0.1, variant: paper}"})
    void globalTrimmingIsThatOfTheConcatenation(String method) throws Exception {
        var random = RandomGenerator.of("L64X128MixRandom");
        float[] first = new float[1000];
        float[] second = new float[37];
        for (int i = 0; i < first.length; i++) {
            first[i] = random.nextInt(-20, 21) / 8f;
        }
        for (int i = 0; i < second.length; i++) {
            second[i] = random.nextInt(-20, 21) / 4f;
        }
        models.put("base", TestModels.write(folder.resolve("zero"), "{}", DType.F32,
                Map.of("x", TestTensor.vector(new float[1000]), "y",
                        TestTensor.vector(new float[37]))));
        models.put("a", TestModels.write(folder.resolve("a"), "{}", DType.F32,
                Map.of("x", TestTensor.vector(first), "y", TestTensor.vector(second))));
        Map<String, float[]> merged = merge(recipe(method, "base", "a"));
        List<Integer> order = new ArrayList<>();
        float[] all = Arrays.copyOf(first, 1037);
        System.arraycopy(second, 0, all, 1000, 37);
        for (int i = 0; i < all.length; i++) {
            order.add(i);
        }
        order.sort((a, b) -> Float.compare(Math.abs(all[b]), Math.abs(all[a])));
        float[] expected = new float[1037];
        for (int i : order.subList(0, 103)) {
            expected[i] = all[i];
        }
        assertThat(merged.get("x")).usingComparatorWithPrecision(1e-6f)
                .containsExactly(Arrays.copyOf(expected, 1000));
        assertThat(merged.get("y")).usingComparatorWithPrecision(1e-6f)
                .containsExactly(Arrays.copyOfRange(expected, 1000, 1037));
    }

    @ParameterizedTest
    @ValueSource(strings = {"twin {rank: 1", "opcm {alpha: 0.5"})
    void embeddingsAreDecomposedIfAskedFor(String method) throws Exception {
        for (int m = 0; m < 3; m++) {
            var random = new SplittableRandom(m);
            float[] values = new float[20];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble(-1, 1);
            }
            var matrix = new TestTensor(List.of(5L, 4L), values);
            models.put("m" + m, TestModels.write(folder.resolve("m" + m), "{}", DType.F32,
                    Map.of("model.embed_tokens.weight", matrix, "lm_head.weight", matrix)));
        }
        for (boolean embeddings : new boolean[]{true, false}) {
            Map<String, float[]> merged = merge(
                    recipe(method + ", embeddings: " + embeddings + "}", "m0", "m1", "m2"));
            assertThat(Arrays.equals(merged.get("model.embed_tokens.weight"),
                    merged.get("lm_head.weight"))).isEqualTo(embeddings);
        }
    }

    @Test
    void aPhaseIsOneOfThePhases() throws Exception {
        add("a", 1);
        add("b", 2);
        String recipe = recipe("masked_soup {phase: 3, phases: 2}", "", "a", "b");
        assertThatThrownBy(() -> plan(recipe))
                .isInstanceOf(MergeException.class)
                .hasMessageContaining("phase");
    }

    private static List<Float> boxed(float[] values) {
        List<Float> list = new ArrayList<>();
        for (float value : values) {
            list.add(value);
        }
        return list;
    }

    private void add(String name, int seed) throws Exception {
        var tensors = new HashMap<String, TestTensor>();
        var random = new SplittableRandom(seed);
        for (var shape : Map.<String, List<Long>>of("scalar", List.of(), "empty", List.of(0L),
                "one", List.of(1L), "vector", List.of(13L), "column", List.of(5L, 1L), "row",
                List.of(1L, 7L), "matrix", List.of(6L, 9L), "no_rows", List.of(0L, 4L))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .toList()) {
            int size = (int) shape.getValue()
                    .stream()
                    .mapToLong(Long::longValue)
                    .reduce(1,
                            (a, b) -> a * b);
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) random.nextDouble(-1, 1);
            }
            tensors.put(shape.getKey(), new TestTensor(shape.getValue(), values));
        }
        models.put(name, TestModels.write(folder.resolve("model-" + name), "{}", DType.F32,
                tensors));
    }

    private MergePlan plan(String recipe) throws Exception {
        return MergePlanner.plan(MergekitReader.read(recipe, "test"), models);
    }

    private Map<String, float[]> merge(String recipe) throws Exception {
        var values = new TreeMap<String, float[]>();
        try (Merger merger = Merger.create(models, StatisticsStore.inMemory(),
                MergeKernels.preferred(), 2)) {
            MergedModel model = merger.open(plan(recipe));
            for (String tensor : model.tensors().keySet()) {
                values.put(tensor, TestModels.read(model, tensor));
            }
        }
        return values;
    }
}
