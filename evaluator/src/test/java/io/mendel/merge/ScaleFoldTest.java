package io.mendel.merge;

import static io.mendel.merge.TestModels.TestTensor.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.merge.MergeException.Kind;
import io.mendel.merge.TestModels.TestTensor;
import io.mendel.space.MergekitReader;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleFoldTest {

    @TempDir
    Path folder;

    private Checkpoint model(String family, DType dtype, Map<String, TestTensor> tensors)
            throws Exception {
        return TestModels.write(folder.resolve(family), "{\"model_type\": \"" + family + "\"}",
                dtype, tensors);
    }

    /** Two layers of these tensors in a stack. */
    private static Map<String, TestTensor> layers(String stack, String... rests) {
        var tensors = new TreeMap<String, TestTensor>();
        for (int layer = 0; layer < 2; layer++) {
            for (String rest : rests) {
                tensors.put(stack + "." + layer + "." + rest, vector(1 + layer, 2.5f, -3));
            }
        }
        return tensors;
    }

    private static Map<String, TestTensor> llama() {
        return layers("model.layers", "self_attn.o_proj.weight", "self_attn.q_proj.weight",
                "mlp.down_proj.weight", "mlp.down_proj.bias", "mlp.up_proj.weight");
    }

    private static MergePlan plan(Checkpoint model, String scales) throws Exception {
        return MergePlanner.plan(MergekitReader.read("""
                merge_method: passthrough
                slices:
                - sources: [{model: m, layer_range: [0, 1]}]
                - sources: [{model: m, layer_range: [0, 2]}]
                mendel: {scales: %s}
                """.formatted(scales), "recipe.yaml"),
                Map.of("m", model));
    }

    private static Set<String> divided(MergePlan plan, int layer) {
        var names = new HashSet<String>();
        plan.tensors().forEach((name, merge) -> {
            LayerName parts = LayerName.of(name);
            if (merge.divisor() != 1 && parts != null && parts.layer() == layer) {
                names.add(parts.rest());
            }
        });
        return names;
    }

    @Test
    void outputsOfBlocksAreDividedByTheProductOfAllScalesSoFar() throws Exception {
        try (Checkpoint model = model("llama", DType.F32, llama())) {
            MergePlan plan = plan(model, "[0.5, 1.5, 0.9]");

            assertThat(divided(plan, 1)).containsExactlyInAnyOrder("self_attn.o_proj.weight",
                    "mlp.down_proj.weight", "mlp.down_proj.bias");
            assertThat(plan.tensor("model.layers.0.mlp.down_proj.weight").divisor())
                    .isEqualTo(0.5f);
            assertThat(plan.tensor("model.layers.1.mlp.down_proj.bias").divisor())
                    .isEqualTo(0.75f);
            assertThat(plan.tensor("model.layers.2.self_attn.o_proj.weight").divisor())
                    .isEqualTo((float) (0.5 * 1.5 * 0.9));
        }
    }

    @Test
    void scalesThatCancelLeaveTheLayerAlone() throws Exception {
        try (Checkpoint model = model("llama", DType.F32, llama())) {
            MergePlan plan = plan(model, "[2, 0.5, 4]");

            assertThat(divided(plan, 1)).isEmpty();
            assertThat(divided(plan, 2)).hasSize(3);
        }
    }

    @Test
    void expertsSharedExpertsAndDenseLayersOfMixturesAreFolded() throws Exception {
        String[] moe = {"self_attn.o_proj.weight", "mlp.gate.weight",
            "mlp.experts.0.down_proj.weight", "mlp.experts.0.up_proj.weight",
            "mlp.experts.11.down_proj.weight", "mlp.shared_expert.down_proj.weight",
            "mlp.shared_expert_gate.weight"};
        try (Checkpoint model = model("qwen2_moe", DType.F32, layers("model.layers", moe))) {
            assertThat(divided(plan(model, "[0.5, 1, 1]"), 0)).containsExactlyInAnyOrder(
                    "self_attn.o_proj.weight", "mlp.experts.0.down_proj.weight",
                    "mlp.experts.11.down_proj.weight", "mlp.shared_expert.down_proj.weight");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"h", "transformer.h"})
    void bothProjectionsOfGpt2AreFoldedWithTheirBiases(String stack) throws Exception {
        String[] layer = {"attn.c_attn.weight", "attn.c_attn.bias", "attn.c_proj.weight",
            "attn.c_proj.bias", "mlp.c_fc.weight", "mlp.c_fc.bias", "mlp.c_proj.weight",
            "mlp.c_proj.bias", "ln_1.weight", "ln_1.bias", "attn.bias"};
        try (Checkpoint model = model("gpt2", DType.F32, layers(stack, layer))) {
            MergePlan plan = plan(model, "[0.5, 1, 1]");

            assertThat(divided(plan, 2)).containsExactlyInAnyOrder("attn.c_proj.weight",
                    "attn.c_proj.bias", "mlp.c_proj.weight", "mlp.c_proj.bias");
            assertThat(plan.tensor(stack + ".0.attn.bias").operation())
                    .isEqualTo(new MergeOperation.Copy());
        }
    }

    @Test
    void theNumberOfScalesMustBeThatOfTheLayers() throws Exception {
        try (Checkpoint model = model("llama", DType.F32, llama())) {
            assertThatThrownBy(() -> plan(model, "[0.5, 1]")).isInstanceOf(MergeException.class)
                    .extracting("kind")
                    .isEqualTo(Kind.LAYERS);
            assertThatThrownBy(() -> plan(model, "[0.5, 1]"))
                    .hasMessageContaining("2 scales")
                    .hasMessageContaining("3 layers");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemma2", "olmo2", "granite", "bert", "somebody"})
    void familiesWhoseBlocksDoNotAllowItAreRefusedByName(String family) throws Exception {
        try (Checkpoint model = model(family, DType.F32, llama())) {
            assertThatThrownBy(() -> plan(model, "[0.5, 1, 1]"))
                    .isInstanceOf(MergeException.class)
                    .hasMessageContaining("'" + family + "'")
                    .hasMessageContaining("Remove mendel.scales")
                    .extracting("kind")
                    .isEqualTo(Kind.ARCHITECTURE);
            assertThat(plan(model, "[1, 1, 1]").tensors()).isNotEmpty();
        }
    }

    @Test
    void aLayerWithoutTheKnownProjectionsIsRefused() throws Exception {
        try (Checkpoint model = model("llama", DType.F32,
                layers("model.layers", "self_attn.o_proj.weight", "mlp.fused.weight"))) {
            assertThatThrownBy(() -> plan(model, "[0.5, 1, 1]"))
                    .isInstanceOf(MergeException.class)
                    .hasMessageContaining("down_proj")
                    .extracting("kind")
                    .isEqualTo(Kind.MISSING_TENSOR);
        }
    }

    @Test
    void aProductThatLeavesTheStoredTypeIsRefused() throws Exception {
        try (Checkpoint model = model("llama", DType.F16, llama())) {
            assertThatThrownBy(() -> plan(model, "[1000, 1, 1]"))
                    .isInstanceOf(MergeException.class)
                    .hasMessageContaining("bfloat16")
                    .extracting("kind")
                    .isEqualTo(Kind.PARAMETER);
        }
    }

    /** The definition: the method's fp32 result, divided, rounded once; from every engine, thread and chunk. */
    @Test
    void foldedBytesAreTheSameForAllEnginesThreadsAndChunks() throws Exception {
        var random = new SplittableRandom(3);
        var tensors = new TreeMap<String, TestTensor>();
        int size = 5003;
        for (String name : llama().keySet()) {
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) random.nextDouble(-1, 1);
            }
            tensors.put(name, new TestTensor(List.of((long) size), values));
        }
        String text = """
                merge_method: linear
                slices:
                - sources:
                  - {model: m, layer_range: [0, 1], parameters: {weight: 0.3}}
                  - {model: n, layer_range: [1, 2], parameters: {weight: 0.7}}
                dtype: bfloat16
                mendel: {scales: [0.7]}
                """;
        var recipe = MergekitReader.read(text, "recipe.yaml");
        String name = "model.layers.0.mlp.down_proj.weight";
        try (Checkpoint m = model("llama", DType.F32, tensors);
                Checkpoint n = Checkpoint.open(folder.resolve("llama"))) {
            Map<String, Checkpoint> parents = Map.of("m", m, "n", n);
            float[] first = Objects.requireNonNull(tensors.get(name)).values();
            float[] second = Objects
                    .requireNonNull(tensors.get("model.layers.1.mlp.down_proj.weight"))
                    .values();
            for (MergeKernels kernels : Engines.all()) {
                for (int threads : List.of(1, 3)) {
                    for (int chunk : List.of(1 << 15, 1001)) {
                        try (Merger merger = Merger.create(parents, StatisticsStore.inMemory(),
                                kernels, threads, chunk)) {
                            MergedModel model = merger.open(MergePlanner.plan(recipe, parents));
                            float[] read = TestModels.read(model, name);
                            for (int i = 0; i < size; i++) {
                                float merged = first[i] * 0.3f + second[i] * 0.7f;
                                assertThat(read[i]).isEqualTo(
                                        Rounding.round(merged / 0.7f, DType.BF16));
                            }
                            Path out = folder.resolve(kernels.name() + threads + "-" + chunk);
                            model.write(out, WriteOptions.DEFAULT);
                            try (Checkpoint written = Checkpoint.open(out)) {
                                Elements stored = TensorElements.of(written.tensor(name), 0, size);
                                for (int i = 0; i < size; i++) {
                                    assertThat(stored.get(i)).isEqualTo(read[i]);
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
