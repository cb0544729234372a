package io.mendel.merge;

import static io.mendel.merge.TestModels.TestTensor.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.merge.MergeException.Kind;
import io.mendel.merge.MergeOperation.DeltaMerge;
import io.mendel.merge.MergeOperation.WeightedSum;
import io.mendel.merge.TestModels.TestTensor;
import io.mendel.space.MergekitReader;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules, optional tensors, scalars, and embeddings of different sizes. */
class ModulePlanTest {

    private static final Path ARCHITECTURES = Path
            .of(System.getProperty("golden.dir", "src/test/resources/golden"), "architectures");

    @TempDir
    private Path folder = Path.of("");
    private final Map<String, Checkpoint> models = new TreeMap<>();

    @AfterEach
    void close() {
        models.values().forEach(Checkpoint::close);
    }

    private void golden(String name, String architecture) throws Exception {
        models.put(name, Checkpoint.open(ARCHITECTURES.resolve(architecture).resolve("model")));
    }

    private void write(String name, DType dtype, Map<String, TestTensor> tensors)
            throws Exception {
        TestTensor embedding = tensors.get("model.embed_tokens.weight");
        long rows = embedding == null ? 0 : embedding.shape().getFirst();
        models.put(name, TestModels.write(folder.resolve(name),
                "{\"model_type\": \"x\", \"vocab_size\": %d}".formatted(rows), dtype, tensors));
    }

    private MergePlan plan(String recipe) throws Exception {
        return MergePlanner.plan(MergekitReader.read(recipe, "test"), models);
    }

    private static double first(MergePlan plan, String tensor) {
        return ((WeightedSum) plan.tensor(tensor).operation()).coefficients().getFirst();
    }

    private JsonNode config(MergePlan plan) {
        return MergedConfig.of(plan,
                Objects.requireNonNull(models.get(plan.donor())).config());
    }

    @Test
    void everyModuleHasItsOwnPathAndParameters() throws Exception {
        golden("a", "t5");
        golden("b", "t5");
        MergePlan plan = plan("""
                merge_method: linear
                base_model: a
                modules:
                  encoder:
                    models: [{model: a, parameters: {weight: [0.25, 0.75]}}, {model: b}]
                    parameters: {weight: 0.5}
                  decoder:
                    slices:
                    - sources: [{model: b, layer_range: [0, 1]}]
                    - sources: [{model: a, layer_range: [0, 1]}]
                    - sources: [{model: b, layer_range: [1, 2]}]
                  shared:
                    models: [{model: b}]
                parameters: {weight: 1, normalize: false}
                """);

        String q = "block.%d.layer.0.SelfAttention.q.weight";
        assertThat(first(plan, "encoder." + q.formatted(0))).isEqualTo(0.25);
        assertThat(first(plan, "encoder." + q.formatted(1))).isEqualTo(0.75);
        assertThat(((WeightedSum) plan.tensor("encoder." + q.formatted(1)).operation())
                .coefficients()).containsExactly(0.75, 0.5);
        assertThat(plan.tensor("decoder." + q.formatted(1)).inputs())
                .containsExactly(new TensorInput("a", "decoder." + q.formatted(0)));
        assertThat(plan.tensor("decoder." + q.formatted(2)).inputs())
                .containsExactly(new TensorInput("b", "decoder." + q.formatted(1)));
        assertThat(plan.tensor("shared.weight").inputs())
                .containsExactly(new TensorInput("b", "shared.weight"));
        assertThat(plan.changedDepths()).containsExactly(Map.entry("decoder", 3));
        assertThat(config(plan).path("num_decoder_layers").asInt()).isEqualTo(3);
        assertThat(config(plan).path("num_layers").asInt()).isEqualTo(2);
        assertThat(config(plan).path("tie_word_embeddings").asBoolean()).isTrue();
    }

    @Test
    void severalStacksAreMergedWholeWithoutModules() throws Exception {
        golden("a", "t5");
        golden("b", "whisper");
        MergePlan plan = plan("""
                merge_method: linear
                models: [{model: a, parameters: {weight: [0.25, 0.75]}}]
                parameters: {normalize: false}
                """);

        assertThat(plan.tensors().keySet())
                .isEqualTo(Objects.requireNonNull(models.get("a")).tensors().keySet());
        for (String side : List.of("encoder", "decoder")) {
            String q = side + ".block.%d.layer.0.SelfAttention.q.weight";
            assertThat(first(plan, q.formatted(0))).isEqualTo(0.25);
            assertThat(first(plan, q.formatted(1))).isEqualTo(0.75);
        }
        assertThat(config(plan)).isEqualTo(Objects.requireNonNull(models.get("a")).config());
    }

    @Test
    void modulesMustCoverTheModelAndExist() throws Exception {
        golden("w", "whisper");
        String module = "{models: [{model: w, parameters: {weight: 1}}]}";
        String recipe = "{merge_method: linear, modules: {encoder: %1$s, %2$s: %1$s}}";
        assertThat(plan(recipe.formatted(module, "decoder")).tensors().keySet())
                .isEqualTo(Objects.requireNonNull(models.get("w")).tensors().keySet());
        assertThatThrownBy(() -> plan(recipe.formatted(module, "decodr")))
                .hasMessageContaining("No module of the recipe covers the tensor model.decoder")
                .isInstanceOfSatisfying(MergeException.class,
                        e -> assertThat(e.kind()).isEqualTo(Kind.MODULES));
        assertThatThrownBy(() -> plan(
                "{merge_method: linear, modules: {model: %1$s, vision: %1$s}}".formatted(module)))
                .hasMessageContaining("has no module 'vision'");
    }

    @Test
    void modulesAreFoundAtTheEarliestPartOfAName() {
        var names = new ModuleNames(List.of("encoder", "decoder", "text_decoder"));
        assertThat(names.owner("model.decoder.layers.0.encoder_attn.k_proj.weight"))
                .isEqualTo("decoder");
        assertThat(names.owner("language_model.model.layers.0.mlp.up_proj.weight"))
                .isEqualTo("text_decoder");
        assertThat(names.owner("lm_head.weight")).isEqualTo("decoder");
        assertThat(names.owner("logit_scale")).isNull();
    }

    @Test
    void modelsWithoutAnOptionalTensorTakeNoPartInIt() throws Exception {
        var plain = Map.of("x.weight", vector(1, 2), "x.bias", vector(3));
        write("base", DType.F32, plain);
        write("full", DType.F32, plain);
        write("lean", DType.F32, Map.of("x.weight", vector(1, 2)));

        MergePlan linear = plan("""
                merge_method: linear
                models:
                - {model: lean, parameters: {weight: 1}}
                - {model: full, parameters: {weight: 3}}
                """);
        assertThat(linear.tensor("x.bias").inputs())
                .containsExactly(new TensorInput("full", "x.bias"));
        assertThat(first(linear, "x.bias")).isEqualTo(1);
        assertThat(first(linear, "x.weight")).isEqualTo(0.25);
        MergePlan deltas = plan("""
                merge_method: task_arithmetic
                base_model: base
                models: [{model: lean, parameters: {weight: 1}}]
                """);
        assertThat(deltas.tensor("x.bias").inputs())
                .containsExactly(new TensorInput("base", "x.bias"));
        assertThat(first(deltas, "x.bias")).isEqualTo(1);
        assertThat(deltas.tensor("x.weight").operation()).isInstanceOf(DeltaMerge.class);
        MergePlan slerp = plan("""
                merge_method: slerp
                base_model: lean
                models: [{model: full}]
                parameters: {t: 0.5}
                """);
        assertThat(slerp.tensor("x.bias").inputs())
                .containsExactly(new TensorInput("full", "x.bias"));
        assertThatThrownBy(() -> plan("""
                merge_method: ties
                base_model: lean
                models: [{model: full, parameters: {weight: 1}}]
                """)).hasMessageContaining("'lean' has no tensor x.bias, which 'full' has");
    }

    @Test
    void aBaseThatIsNotNeededLendsWhatIsCopiedOnly() throws Exception {
        write("base", DType.F32,
                Map.of("x.weight", vector(1), "scale", new TestTensor(List.of(), 7)));
        write("a", DType.F32,
                Map.of("x.weight", vector(2), "scale", new TestTensor(List.of(), 8)));
        String models = "models: [{model: a, parameters: {weight: 1}}]";

        MergePlan external = plan("merge_method: linear\nbase_model: base\n" + models);
        assertThat(external.donor()).isEqualTo("base");
        assertThat(external.tensor("x.weight").inputs())
                .containsExactly(new TensorInput("a", "x.weight"));
        assertThat(external.tensor("scale").inputs())
                .containsExactly(new TensorInput("base", "scale"));
        assertThat(plan("merge_method: linear\n" + models).tensor("scale").inputs())
                .containsExactly(new TensorInput("a", "scale"));
    }

    @Test
    void integersOfAnExternalBaseAreCopied() throws Exception {
        write("base", DType.I64, Map.of("ids", vector(1, 2)));
        write("a", DType.I64, Map.of("ids", vector(3, 4)));
        MergePlan plan = plan(
                "{merge_method: linear, base_model: base, models: [{model: a, parameters: {weight: 1}}]}");

        assertThat(plan.tensor("ids").operation()).isEqualTo(new MergeOperation.Copy());
        assertThat(plan.tensor("ids").inputs()).containsExactly(new TensorInput("base", "ids"));
    }

    @Test
    void anArchitectureCanBeOverridden() throws Exception {
        golden("llama", "llama");
        golden("mistral", "mistral");
        String recipe = "{merge_method: linear, models: [{model: %s, parameters: {weight: 1}}, {model: mistral, parameters: {weight: 1}}]}";
        assertThatThrownBy(() -> plan(recipe.formatted("llama")))
                .hasMessageContaining("of one family");
        String override = "llama (override_architecture=MistralForCausalLM)";
        models.put(override, Parents.open(override,
                name -> ARCHITECTURES.resolve(name).resolve("model"), null));
        assertThatThrownBy(() -> plan(recipe.formatted("'" + override + "'")))
                .hasMessageNotContaining("of one family");
    }

    @Test
    void embeddingsAreCutToTheFewestRowsOrTheBases() throws Exception {
        var rows = List.of(3L, 2L);
        write("small", DType.F32, embedding(new TestTensor(List.of(2L, 2L), 1, 2, 3, 4)));
        write("large", DType.F32, embedding(new TestTensor(rows, 10, 20, 30, 40, 50, 60)));

        String both = "models: [{model: large, parameters: {weight: 1}}, {model: small, parameters: {weight: 1}}]";
        assertThat(merged("merge_method: linear\n" + both)).containsExactly(5.5f, 11, 16.5f, 22);
        assertThat(merged("""
                merge_method: task_arithmetic
                base_model: small
                models: [{model: large, parameters: {weight: 1}}]
                """)).containsExactly(10, 20, 30, 40);
        assertThatThrownBy(() -> merged("""
                merge_method: ties
                base_model: large
                models: [{model: small, parameters: {weight: 1}}]
                """)).isInstanceOf(MergeException.class)
                .hasMessageContaining("tokenizer_source: union");
        assertThatThrownBy(() -> merged("tokenizer_source: union\nmerge_method: linear\n" + both))
                .isInstanceOf(MergeException.class);
    }

    private static Map<String, TestTensor> embedding(TestTensor rows) {
        return Map.of("model.embed_tokens.weight", rows, "model.norm.weight", vector(1));
    }

    private float[] merged(String text) throws Exception {
        Recipe recipe = MergekitReader.read(text, "test");
        try (Parents parents = Parents.open(recipe, folder::resolve, null);
                Merger merger = Merger.create(parents.checkpoints(), StatisticsStore.inMemory(),
                        MergeKernels.preferred(), 1)) {
            MergedModel model = merger
                    .open(MergePlanner.plan(recipe, parents.checkpoints()));
            assertThat(model.config().path("vocab_size").asInt()).isEqualTo(2);
            return TestModels.read(model, "model.embed_tokens.weight");
        }
    }
}
