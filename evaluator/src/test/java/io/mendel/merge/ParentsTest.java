package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.space.MergekitReader;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParentsTest {

    private static final Path ARCHITECTURES = Path
            .of(System.getProperty("golden.dir", "src/test/resources/golden"), "architectures");

    @TempDir
    private Path folder = Path.of("");

    private Parents open(Recipe recipe) throws CheckpointException {
        return Parents.open(recipe.models(), ARCHITECTURES::resolve, folder);
    }

    /** PEFT 0.19's merge_and_unload wrote the merged checkpoints. */
    @ParameterizedTest
    @CsvSource({"llama/model, llama_lora_r4", "llama/model, llama_lora_r8_rslora"})
    void anAdapterIsMergedAsPeftDoes(String base, String golden) throws Exception {
        Recipe recipe = Recipe.identity(base + "+" + golden + "/adapter");
        try (Parents parents = open(recipe);
                Checkpoint expected = Checkpoint
                        .open(ARCHITECTURES.resolve(golden).resolve("merged"));
                Merger merger = merger(parents)) {
            MergePlan plan = MergePlanner.plan(recipe, parents.checkpoints());
            merger.open(plan).write(folder.resolve("out"), WriteOptions.DEFAULT);
            try (Checkpoint written = Checkpoint.open(folder.resolve("out"))) {
                assertThat(written.tensors()).isEqualTo(expected.tensors());
                for (String name : expected.tensors().keySet()) {
                    int count = Math.toIntExact(expected.tensor(name).info().elements());
                    Elements merged = TensorElements.of(written.tensor(name), 0, count);
                    Elements golds = TensorElements.of(expected.tensor(name), 0, count);
                    for (int i = 0; i < count; i++) {
                        assertThat(merged.get(i)).as(name).isCloseTo(golds.get(i), within(2e-6f));
                    }
                }
            }
        }
    }

    private static Merger merger(Parents parents) {
        return Merger.create(parents.checkpoints(), StatisticsStore.inMemory(),
                MergeKernels.preferred(), 2);
    }

    @Test
    void aModelAndItsAdaptedSelfAreTwoModelsOfARecipe() throws Exception {
        Recipe recipe = MergekitReader.read("""
                merge_method: ties
                base_model: llama/model
                models:
                - model: {model: llama/model, lora: {path: llama_lora_r4/adapter}}
                  parameters: {weight: 1, density: 0.5}
                - model: llama/model+llama_lora_r8_rslora/adapter
                  parameters: {weight: 1, density: 0.5}
                """, "test");
        String changed = "model.layers.0.self_attn.q_proj.weight";
        try (Parents parents = open(recipe); Merger merger = merger(parents)) {
            assertThat(recipe.models()).containsExactly("llama/model",
                    "llama/model+llama_lora_r4/adapter",
                    "llama/model+llama_lora_r8_rslora/adapter");
            assertThat(parents.checkpoints().values().stream().map(Checkpoint::digest))
                    .doesNotHaveDuplicates();
            MergedModel model = merger.open(MergePlanner.plan(recipe, parents.checkpoints()));
            Checkpoint base = Objects.requireNonNull(parents.checkpoints().get("llama/model"));
            float[] merged = TestModels.read(model, changed);
            float[] untouched = new float[merged.length];
            TensorElements.of(base.tensor(changed), 0, merged.length).widen(untouched);
            assertThat(merged).isNotEqualTo(untouched);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({"llama/model, llama_lora_patterns/adapter, model.layers.0.self_attn.q_proj.weight",
        "gpt2/model, gpt2_lora_fanin/adapter, transformer.h.0.attn.c_attn.weight"})
    void theDigestIsStableWithoutComputingAnything(String base, String adapter, String changed)
            throws Exception {
        String reference = base + "+" + adapter;
        try (Checkpoint first = Parents.open(reference, ARCHITECTURES::resolve, folder);
                Checkpoint second = Parents.open(reference, ARCHITECTURES::resolve, folder);
                Checkpoint plain = Checkpoint.open(ARCHITECTURES.resolve(base))) {
            assertThat(first.digest()).isEqualTo(second.digest()).isNotEqualTo(plain.digest());
            assertThat(first.tensors()).isEqualTo(plain.tensors());
            assertThat(first.tensor(changed).data().mismatch(plain.tensor(changed).data()))
                    .isNotNegative();
            assertThat(first.tensor(changed).data().mismatch(second.tensor(changed).data()))
                    .isEqualTo(-1);
        }
    }

    @Test
    void anOverriddenArchitectureStandsInTheConfiguration() throws Exception {
        try (Checkpoint model = Parents.open(
                "llama/model (override_architecture=MistralForCausalLM)", ARCHITECTURES::resolve,
                null); Checkpoint plain = Checkpoint.open(ARCHITECTURES.resolve("llama/model"))) {
            assertThat(model.config().path("architectures").path(0).asText())
                    .isEqualTo("MistralForCausalLM");
            assertThat(model.digest()).isEqualTo(plain.digest());
        }
    }

    @ParameterizedTest
    @CsvSource({"llama/model@main, MISSING, nothing is ever fetched",
        "llama/model+llama_lora_r4/adapter@v2, MISSING, nothing is ever fetched",
        "llama/nothing, MISSING, does not exist",
        "gpt2/model+llama_lora_r4/adapter, ADAPTER, does not have",
        "llama/model+llama/model, MISSING, adapter_config.json"})
    void whatCannotBeOpenedIsNamed(String reference, Kind kind, String message) {
        assertThatThrownBy(() -> Parents.open(List.of(reference), ARCHITECTURES::resolve, null))
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(CheckpointException.class,
                        e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
