package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.DType;
import io.mendel.merge.TestModels.TestTensor;
import io.mendel.space.MergeMethod;
import io.mendel.space.MergeMethods;
import io.mendel.space.ParameterValue;
import io.mendel.space.Precision;
import io.mendel.space.Recipe;
import io.mendel.space.ResearchMethods;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Merges tensors of all shapes and contents with every method, on every engine and in pieces of several sizes. */
class OddTensorsTest {

    private static final Map<String, List<Long>> SHAPES = new TreeMap<>(Map.ofEntries(
            Map.entry("scalar", List.of()), Map.entry("empty", List.of(0L)),
            Map.entry("empty_rows", List.of(4L, 0L)), Map.entry("no_rows", List.of(0L, 4L)),
            Map.entry("one", List.of(1L)), Map.entry("v15", List.of(15L)),
            Map.entry("v16", List.of(16L)), Map.entry("v17", List.of(17L)),
            Map.entry("prime", List.of(997L)), Map.entry("column", List.of(7L, 1L)),
            Map.entry("row", List.of(1L, 7L)), Map.entry("matrix", List.of(13L, 17L)),
            Map.entry("conv", List.of(5L, 3L, 3L, 2L)), Map.entry("frozen", List.of(6L, 6L)),
            Map.entry("large", List.of(37L, 1801L))));
    private static final List<String> PARENTS = List.of("a", "b", "c");

    @TempDir
    static Path folder;
    private static final Map<String, Checkpoint> MODELS = new TreeMap<>();

    /** A method with parameters that make it work. */
    record Case(MergeMethod method, Map<String, Double> parameters) {
        @Override
        public String toString() {
            return method.name() + parameters;
        }

        Recipe recipe(List<String> models, String base) {
            int count = Math.min(models.size(), method.maxModels());
            boolean baseCounts = method.needsBase() && method.maxModels() == 2;
            var sources = new ArrayList<Source>();
            for (String model : models.subList(0, baseCounts ? 1 : count)) {
                var own = new TreeMap<String, ParameterValue>();
                if (method.has("weight")) {
                    own.put("weight", ParameterValue.of(0.2 + 0.1 * sources.size()));
                }
                sources.add(Source.of(model, own));
            }
            var all = new TreeMap<String, ParameterValue>();
            parameters.forEach((name, value) -> all.put(name, ParameterValue.of(value)));
            boolean takesBase = method.needsBase() || parameters.isEmpty()
                    || parameters.containsKey("nuslerp_row_wise");
            return new Recipe(method, takesBase ? base : null, List.of(Slice.of(sources)), all,
                    Precision.FLOAT32, null, 11);
        }
    }

    static Stream<Case> cases() {
        var cases = new ArrayList<Case>();
        var ofMergekit = new ArrayList<>(MergeMethods.all());
        ofMergekit.removeAll(ResearchMethods.all());
        for (MergeMethod method : ofMergekit) {
            switch (method.name()) {
                case "slerp", "nearswap" -> cases.add(new Case(method, Map.of("t", 0.3)));
                case "model_stock" -> {
                    cases.add(new Case(method, Map.of()));
                    cases.add(new Case(method, Map.of("filter_wise", 1.0)));
                }
                case "nuslerp" -> {
                    cases.add(new Case(method, Map.of()));
                    for (double rowWise : List.of(0.0, 1.0)) {
                        cases.add(new Case(method, Map.of("nuslerp_flatten", 0.0,
                                "nuslerp_row_wise", rowWise)));
                    }
                }
                case "multislerp" -> {
                    cases.add(new Case(method, Map.of()));
                    cases.add(new Case(method, Map.of("normalize_weights", 1.0)));
                }
                case "sce" -> {
                    cases.add(new Case(method, Map.of("select_topk", 0.4)));
                    cases.add(new Case(method, Map.of("select_topk", 1.0)));
                }
                case "ram", "ramplus_tl" ->
                    cases.add(new Case(method, Map.of("epsilon", 0.01)));
                case "passthrough" -> cases.add(new Case(method, Map.of("scale", 1.0)));
                default -> {
                    boolean sparse = method.has("density");
                    cases.add(new Case(method, sparse ? Map.of("density", 0.37) : Map.of()));
                    if (sparse) {
                        cases.add(new Case(method, Map.of("density", 0.9, "rescale", 1.0)));
                        cases.add(new Case(method, Map.of("density", 1.0, "normalize", 1.0)));
                    }
                }
            }
        }
        return cases.stream();
    }

    @BeforeAll
    static void writeModels() throws CheckpointException {
        write("base", 0, 0);
        write("a", 1, 0);
        write("b", 2, 0);
        write("c", 3, 0);
        write("twin", 1, 0);
        write("triplet", 1, 0);
        write("copy", 0, 0);
        write("image", 0, 0);
        write("likeness", 0, 0);
        write("broken", 1, Float.NaN);
    }

    private static void write(String name, int seed, float third) throws CheckpointException {
        var tensors = new TreeMap<String, TestTensor>();
        SHAPES.forEach((tensor, shape) -> {
            int size = shape.stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b);
            var start = new SplittableRandom(tensor.hashCode());
            var change = new SplittableRandom(31L * tensor.hashCode() + seed);
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) start.nextDouble(-1, 1);
                if (seed > 0 && !tensor.equals("frozen")) {
                    values[i] += (float) change.nextDouble(-0.1, 0.1);
                }
            }
            if (size > 3) {
                values[3] += third;
            }
            tensors.put(tensor, new TestTensor(shape, values));
        });
        MODELS.put(name, TestModels.write(folder.resolve(name), "{}", DType.F32, tensors));
    }

    @AfterAll
    static void closeModels() {
        MODELS.values().forEach(Checkpoint::close);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void enginesAndPiecesDoNotMatter(Case one) throws Exception {
        Map<String, float[]> expected = merge(one.recipe(PARENTS, "base"),
                new ScalarMergeKernels(), 1 << 20);
        for (MergeKernels kernels : Engines.all()) {
            for (int chunk : List.of(1 << 14, 1 << 20, 1000)) {
                Map<String, float[]> merged = merge(one.recipe(PARENTS, "base"), kernels, chunk);
                expected.forEach((tensor,
                        values) -> assertThat(bits(Objects.requireNonNull(merged.get(tensor))))
                                .as("%s, %s, pieces of %d", tensor, kernels.name(), chunk)
                                .isEqualTo(bits(values)));
            }
        }
        expected.forEach((tensor, values) -> {
            for (float value : values) {
                assertThat(value).as(tensor).isFinite().isBetween(-3f, 3f);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void modelsEqualToTheBaseGiveTheBase(Case one) throws Exception {
        Map<String, float[]> merged = merge(
                one.recipe(List.of("copy", "image", "likeness"), "base"),
                Engines.all().getLast(), 1 << 18);
        boolean exact = one.method.needsBase() && !one.method.equals(MergeMethods.SLERP);
        expect(merged, "base", exact ? 0 : 3e-7f);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void frozenTensorsStay(Case one) throws Exception {
        float[] merged = merge(one.recipe(PARENTS, "base"), Engines.all().getLast(), 1 << 18)
                .get("frozen");
        assertThat(merged).usingComparatorWithPrecision(3e-7f)
                .containsExactly(values("base", "frozen"));
    }

    static Stream<Case> averages() {
        return cases().filter(one -> switch (one.method.name()) {
            case "linear", "nuslerp", "multislerp", "karcher", "passthrough", "model_stock", "ram",
                    "ramplus_tl" ->
                true;
            case "sce" -> one.parameters.getOrDefault("select_topk", 0.0) == 1;
            default -> one.parameters.containsKey("normalize");
        });
    }

    @ParameterizedTest
    @MethodSource("averages")
    void averagesOfEqualModelsAreThatModel(Case one) throws Exception {
        Recipe recipe = one.recipe(List.of("a", "twin", "triplet"), "base");
        Map<String, float[]> merged = merge(recipe, Engines.all().getLast(), 1 << 18);
        // Scalars are no vectors: they are copied from the base, else from the first model.
        assertThat(merged.remove("scalar"))
                .isEqualTo(values(recipe.base() == null ? "a" : "base", "scalar"));
        // What is not active for ram, up to 0.01, stays as in the base.
        expect(merged, "a", one.method.name().startsWith("ram") ? 0.01001f : 5e-7f);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void nanIsNotHidden(Case one) throws Exception {
        Recipe recipe = one.recipe(List.of("broken", "b", "c"), "base");
        for (MergeKernels kernels : Engines.all()) {
            Map<String, float[]> merged = merge(recipe, kernels, 1 << 18);
            for (String tensor : List.of("v15", "v17", "matrix", "conv")) {
                float[] values = Objects.requireNonNull(merged.get(tensor));
                if (!mayDrop(one, values.length)) {
                    assertThat(values[3]).as("%s of %s", tensor, kernels.name()).isNaN();
                }
            }
        }
    }

    /** Random masks drop anything, breadcrumbs what is largest. */
    private static boolean mayDrop(Case one, int elements) {
        boolean random = one.method.name().startsWith("dare")
                || one.method.name().startsWith("della");
        return one.parameters.getOrDefault("density", 1.0) < 1
                && (random || (one.method.has("gamma") && elements >= 100));
    }

    @Test
    void passthroughRoundsToTheStoredType() throws Exception {
        for (double scale : List.of(1.0, 0.5)) {
            var recipe = new Recipe(MergeMethods.PASSTHROUGH, null,
                    List.of(Slice.of(List.of(Source.of("a", new TreeMap<>())))),
                    new TreeMap<>(Map.of("scale", ParameterValue.of(scale))), Precision.BFLOAT16,
                    null, 0);
            merge(recipe, Engines.all().getLast(), 1 << 18).forEach((tensor, merged) -> {
                float[] expected = values("a", tensor);
                for (int i = 0; i < expected.length; i++) {
                    expected[i] = Rounding.round((float) scale * expected[i], DType.BF16);
                }
                assertThat(merged).as(tensor).isEqualTo(expected);
            });
        }
    }

    @Test
    void karcherAndLinearLeaveAnUnlistedBaseOut() throws Exception {
        for (MergeMethod method : List.of(MergeMethods.KARCHER, MergeMethods.LINEAR)) {
            var one = new Case(method, Map.of());
            var without = new Case(method, Map.of(method.parameters().getLast().name(),
                    method.equals(MergeMethods.LINEAR) ? 1.0 : 1e-5));
            Map<String, float[]> merged = merge(one.recipe(PARENTS, "base"),
                    Engines.all().getLast(), 1 << 18);
            Map<String, float[]> alone = merge(without.recipe(PARENTS, "base"),
                    Engines.all().getLast(), 1 << 18);
            // The base only lends what is copied, such as scalars.
            alone.remove("scalar");
            alone.forEach((tensor, values) -> assertThat(merged.get(tensor)).isEqualTo(values));
        }
    }

    @Test
    void oppositeDirectionsHaveFiniteMeans() {
        GramMatrix opposite = (i, j) -> i == j ? 4 : -4;
        assertThat(new NuSlerp(0.3).coefficients(opposite, 2)).containsExactly(0.7, 0.3);
        assertThat(new MultiSlerp(List.of(0.5, 0.5), 1e-8).coefficients(opposite, 2))
                .containsExactly(0.5, 0.5);
        assertThat(new ModelStock().coefficients(opposite, 2)).containsExactly(0, 0);
        assertThat(new Karcher(10, 1e-5).coefficients(opposite, 2)).containsExactly(1, 0);
    }

    private static void expect(Map<String, float[]> merged, String model, float tolerance) {
        merged.forEach((tensor, values) -> {
            float[] expected = values(model, tensor);
            assertThat(values).as(tensor).hasSize(expected.length);
            for (int i = 0; i < values.length; i++) {
                assertThat(values[i]).as("%s[%d]", tensor, i)
                        .isCloseTo(expected[i], within(tolerance));
            }
        });
    }

    private static Map<String, float[]> merge(Recipe recipe, MergeKernels kernels, int chunk)
            throws MergeException {
        var merged = new TreeMap<String, float[]>();
        try (Merger merger = Merger.create(MODELS, StatisticsStore.inMemory(), kernels, 1,
                chunk)) {
            MergedModel model = merger.open(MergePlanner.plan(recipe, MODELS));
            for (String tensor : model.tensors().keySet()) {
                merged.put(tensor, TestModels.read(model, tensor));
            }
        }
        assertThat(merged).hasSize(SHAPES.size());
        return merged;
    }

    private static float[] values(String model, String tensor) {
        var stored = Objects.requireNonNull(MODELS.get(model)).tensor(tensor);
        float[] values = new float[(int) stored.info().elements()];
        TensorElements.of(stored, 0, values.length).widen(values);
        return values;
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
        return bits;
    }
}
