package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.Checkpoint;
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
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares merges with those of mergekit (mergekit.json: mergekit a6e4028, torch 2.13, 4×6 tensors without ties).
 *
 * <p>
 * fp32 agrees to 2e-6. mergekit rounds every operation to bf16, Mendel only the result. The operations' errors are half
 * a bf16 step each, of the size of the numbers that go into them, and partly cancel: bf16 results differ by at most one
 * step of the largest number involved (two for a few methods, none where mergekit computes in fp32), which can be many
 * steps of the result where the inputs cancel.
 */
class GoldenMergekitTest {

    private static final Path GOLDEN = Path
            .of(System.getProperty("golden.dir", "src/test/resources/golden"))
            .resolve("mergekit.json");
    private static final String TENSOR = "w";

    @TempDir
    static Path folder;
    private static final Map<String, Checkpoint> MODELS = new TreeMap<>();
    private static JsonNode golden = new ObjectMapper().createObjectNode();

    @BeforeAll
    static void writeInputs() throws Exception {
        golden = new ObjectMapper().readTree(GOLDEN.toFile());
        for (DType dtype : List.of(DType.F32, DType.BF16)) {
            golden.get("inputs").properties().forEach(entry -> {
                float[] values = floats(entry.getValue());
                String name = entry.getKey() + "-" + dtype;
                try {
                    MODELS.put(name, TestModels.write(folder.resolve(name), "{}", dtype,
                            Map.of(TENSOR, new TestTensor(List.of(4L, 6L), values))));
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    @AfterAll
    static void closeInputs() {
        MODELS.values().forEach(Checkpoint::close);
    }

    static Stream<Arguments> cases() throws IOException {
        JsonNode cases = new ObjectMapper().readTree(GOLDEN.toFile()).get("cases");
        var arguments = new ArrayList<Arguments>();
        for (JsonNode one : cases) {
            for (MergeKernels kernels : Engines.all()) {
                arguments.add(Arguments.of(one.get("id").asText(), kernels.name(), one, kernels));
            }
        }
        return arguments.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("cases")
    void mergesLikeMergekit(String id, String engine, JsonNode one, MergeKernels kernels)
            throws Exception {
        boolean half = one.get("dtype").asText().equals("bfloat16");
        Map<String, Checkpoint> parents = new LinkedHashMap<>();
        String suffix = "-" + (half ? DType.BF16 : DType.F32);
        golden.get("inputs")
                .fieldNames()
                .forEachRemaining(name -> parents.put(name, MODELS.get(name + suffix)));

        float[] merged;
        try (Merger merger = Merger.create(parents, StatisticsStore.inMemory(), kernels, 1)) {
            merged = TestModels.read(merger.open(MergePlanner.plan(recipe(one, half), parents)),
                    TENSOR);
        }

        List<float[]> inputs = new ArrayList<>();
        for (JsonNode input : one.get("inputs")) {
            inputs.add(input(input.asText(), half));
        }
        float[] expected = MergekitBugs.corrected(id.substring(0, id.indexOf('/')), inputs,
                floats(one.get("expected").get("values")));
        for (int i = 0; i < expected.length; i++) {
            int element = i;
            double largest = inputs.stream()
                    .mapToDouble(input -> Math.abs(input[element]))
                    .reduce(Math.abs(expected[i]), Math::max);
            double tolerance = half ? roundingSteps(one) * bfloat16Step(largest) : 2e-6;
            assertThat((double) merged[i]).as("element %d", i)
                    .isCloseTo(expected[i], within(tolerance));
        }
    }

    @Test
    void coversEveryDeterministicMethod() throws IOException {
        var covered = new TreeSet<String>();
        for (JsonNode one : new ObjectMapper().readTree(GOLDEN.toFile()).get("cases")) {
            covered.add(one.get("method").asText());
        }
        assertThat(covered).containsAll(MergeMethods.all()
                .stream()
                .filter(method -> !ResearchMethods.all().contains(method))
                .map(MergeMethod::name)
                .filter(name -> !List.of("dare_linear", "della_linear").contains(name))
                .toList());
    }

    private static float[] input(String name, boolean half) {
        float[] values = floats(golden.get("inputs").get(name));
        for (int i = 0; half && i < values.length; i++) {
            values[i] = Rounding.round(values[i], DType.BF16);
        }
        return values;
    }

    /** How many bf16 steps of the largest number involved mergekit's roundings may add up to. */
    private static int roundingSteps(JsonNode one) {
        boolean rescales = one.get("parameters").path("rescale").asBoolean();
        return switch (one.get("method").asText()) {
            // mergekit computes in fp32 as well, or multiplies just once.
            case "slerp", "passthrough", "arcee_fusion" -> 0;
            // A rounded sum is divided by, or multiplied with, another rounded sum.
            case "multislerp", "sce" -> 2;
            default -> rescales ? 2 : 1;
        };
    }

    /** Distance of neighbouring bf16 numbers of this size: eight bits of significand. */
    private static double bfloat16Step(double size) {
        return Math.scalb(1.0, Math.getExponent(size) - 7);
    }

    private static Recipe recipe(JsonNode one, boolean half) {
        String base = one.get("base_model").asText(null);
        var method = MergeMethods.named(one.get("method").asText()).orElseThrow();
        var sources = new ArrayList<Source>();
        for (JsonNode input : one.get("inputs")) {
            var parameters = one.get("model_parameters").path(input.asText());
            sources.add(Source.of(input.asText(), parameters(parameters)));
        }
        return new Recipe(method, base, List.of(Slice.of(sources)),
                parameters(one.get("parameters")),
                half ? Precision.BFLOAT16 : Precision.FLOAT32, null, 0);
    }

    private static SortedMap<String, ParameterValue> parameters(JsonNode node) {
        var parameters = new TreeMap<String, ParameterValue>();
        node.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            double number = value.isBoolean() ? (value.asBoolean() ? 1 : 0) : value.asDouble();
            parameters.put(entry.getKey(), ParameterValue.of(number));
        });
        return parameters;
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble();
        }
        return values;
    }
}
