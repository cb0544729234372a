package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.DType;
import io.mendel.merge.TestModels.TestTensor;
import io.mendel.space.MergekitReader;
import io.mendel.space.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TallBundleTest {

    private static final String RECIPE = """
            merge_method: consensus
            base_model: base
            models: [{model: m1}, {model: m2}, {model: m3}]
            parameters: {mask_lambda: 0.45}
            """;

    @TempDir
    Path folder;
    private final Map<String, Checkpoint> models = new TreeMap<>();

    @AfterEach
    void closeModels() {
        models.values().forEach(Checkpoint::close);
    }

    private float[] fixture(DType dtype) throws Exception {
        JsonNode golden = golden();
        float[] base = floats(golden.at("/F1/base"));
        add("base", dtype, base);
        for (int m = 1; m <= 3; m++) {
            float[] tau = floats(golden.at("/F1/tau" + m));
            float[] model = base.clone();
            for (int i = 0; i < model.length; i++) {
                model[i] += tau[i];
            }
            add("m" + m, dtype, model);
        }
        return base;
    }

    private static JsonNode golden() throws Exception {
        return new ObjectMapper().readTree(
                Path.of(System.getProperty("golden.dir", "src/test/resources/golden"))
                        .resolve("methods.json")
                        .toFile());
    }

    private void add(String name, DType dtype, float[] values) throws Exception {
        models.put(name,
                TestModels.write(folder.resolve(name), "{}", dtype,
                        Map.of("w", TestTensor.vector(values), "none", TestTensor.vector(), "one",
                                new TestTensor(List.of(), values[0]))));
    }

    @Test
    void restoresTheGoldenModels() throws Exception {
        fixture(DType.F32);
        Path bundle = folder.resolve("bundle");
        TallBundleWriter.write(recipe(), models, bundle, Long.MAX_VALUE);
        try (TallBundle opened = TallBundle.open(bundle)) {
            assertThat(opened.tasks()).containsExactly("m1", "m2", "m3");
            for (int t = 0; t < 3; t++) {
                Path out = folder.resolve("restored" + t);
                opened.restore("m" + (t + 1), out, Long.MAX_VALUE);
                try (Checkpoint restored = Checkpoint.open(out)) {
                    assertThat(read(restored, "w")).usingComparatorWithPrecision(2e-6f)
                            .containsExactly(floats(golden()
                                    .at("/tall_lambda0.45/reconstructed_theta/" + t)));
                    assertThat(restored.tensors()).isEqualTo(model("base").tensors());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F32", "BF16", "F16"})
    void restoresBaseAndMaskedVectorBitForBit(DType dtype) throws Exception {
        fixture(dtype);
        Path bundle = folder.resolve("bundle");
        TallBundleWriter.write(recipe(), models, bundle, 64);
        Path out = folder.resolve("restored");
        try (TallBundle opened = TallBundle.open(bundle)) {
            opened.restore("m2", out, 64);
        }
        float[] base = read(model("base"), "w");
        float[][] parents = {read(model("m1"), "w"), read(model("m2"), "w"),
            read(model("m3"), "w")};
        float[] expected = new float[base.length];
        for (int i = 0; i < base.length; i++) {
            float sum = parents[0][i] - base[i] + (parents[1][i] - base[i])
                    + (parents[2][i] - base[i]);
            float delta = parents[1][i] - base[i];
            boolean relies = Math.abs(delta) > 0.45f * Math.abs(sum - delta);
            expected[i] = Rounding.round(relies ? base[i] + sum : base[i], dtype);
        }
        try (Checkpoint restored = Checkpoint.open(out)) {
            assertThat(read(restored, "w")).containsExactly(expected);
        }
    }

    @Test
    void damagedBundlesAreRefused() throws Exception {
        fixture(DType.F32);
        Path bundle = folder.resolve("bundle");
        TallBundleWriter.write(recipe(), models, bundle, Long.MAX_VALUE);
        Files.writeString(bundle.resolve("bundle.json"),
                "{\"format\": \"mendel-tall-bundle\", \"version\": 1, \"tasks\": [\"a\", \"b\", \"c\", \"d\"]}");
        assertThatThrownBy(() -> TallBundle.open(bundle)).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("4 tasks");
        Files.writeString(bundle.resolve("bundle.json"), "{}");
        assertThatThrownBy(() -> TallBundle.open(bundle)).isInstanceOf(CheckpointException.class)
                .hasMessageContaining("format");
        Files.writeString(bundle.resolve("bundle.json"), "not json");
        assertThatThrownBy(() -> TallBundle.open(bundle)).isInstanceOf(CheckpointException.class);
    }

    private static Recipe recipe() throws Exception {
        return MergekitReader.read(RECIPE, "test");
    }

    private Checkpoint model(String name) {
        return java.util.Objects.requireNonNull(models.get(name));
    }

    private static float[] read(Checkpoint checkpoint, String tensor) {
        var source = checkpoint.tensor(tensor);
        float[] values = new float[(int) source.info().elements()];
        TensorElements.of(source, 0, values.length).widen(values);
        return values;
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble();
        }
        return values;
    }
}
