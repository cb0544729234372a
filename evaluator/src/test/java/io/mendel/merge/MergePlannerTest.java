package io.mendel.merge;

import static io.mendel.merge.TestModels.TestTensor.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.merge.MergeException.Kind;
import io.mendel.merge.MergeOperation.DeltaMerge;
import io.mendel.merge.MergeOperation.WeightedSum;
import io.mendel.merge.TestModels.TestTensor;
import io.mendel.space.LayerRange;
import io.mendel.space.MergeMethod;
import io.mendel.space.MergeMethods;
import io.mendel.space.ParameterValue;
import io.mendel.space.Precision;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MergePlannerTest {

    private static final String TIED = "{\"model_type\": \"llama\", \"tie_word_embeddings\": true}";
    private static final String UNTIED = "{\"model_type\": \"llama\", \"tie_word_embeddings\": false}";

    @TempDir
    Path folder;
    private final Map<String, Checkpoint> models = new HashMap<>();

    @BeforeEach
    void writeModels() throws Exception {
        add("base", TIED, DType.BF16, llama(3, false));
        add("a", TIED, DType.BF16, llama(3, false));
        add("b", TIED, DType.F32, llama(3, false));
        add("head", UNTIED, DType.BF16, llama(3, true));
        add("deep", TIED, DType.BF16, llama(4, false));
    }

    @AfterEach
    void closeModels() {
        models.values().forEach(Checkpoint::close);
    }

    private void add(String name, String config, DType dtype, Map<String, TestTensor> tensors)
            throws Exception {
        models.put(name, TestModels.write(folder.resolve(name), config, dtype, tensors));
    }

    private static Map<String, TestTensor> llama(int layers, boolean head) {
        var tensors = new TreeMap<String, TestTensor>();
        tensors.put("model.embed_tokens.weight", vector(1, 2));
        tensors.put("model.norm.weight", vector(3));
        for (int i = 0; i < layers; i++) {
            tensors.put("model.layers." + i + ".self_attn.q_proj.weight", vector(4, 5));
            tensors.put("model.layers." + i + ".mlp.up_proj.weight", vector(6));
        }
        if (head) {
            tensors.put("lm_head.weight", vector(7, 8));
        }
        return tensors;
    }

    private static Source source(String model, ParameterValue weight) {
        return Source.of(model, Map.of("weight", weight));
    }

    private static Source layers(String model, int start, int end, double weight) {
        return new Source(model, new LayerRange(start, end),
                new TreeMap<>(Map.of("weight", ParameterValue.of(weight))));
    }

    private static Recipe recipe(MergeMethod method, @Nullable String base,
            Map<String, ParameterValue> parameters,
            Slice... slices) {
        return new Recipe(method, base, List.of(slices), new TreeMap<>(parameters), null, null, 0);
    }

    private static double weight(MergePlan plan, String tensor, int index) {
        MergeOperation operation = plan.tensor(tensor).operation();
        return operation instanceof DeltaMerge merge
                ? merge.deltas().get(index).weight()
                : ((WeightedSum) operation).coefficients().get(index);
    }

    @Test
    void gradientsFollowTheDepth() throws Exception {
        var gradient = ParameterValue.gradient(List.of(0.0, 1.0));
        MergePlan plan = MergePlanner.plan(recipe(MergeMethods.TASK_ARITHMETIC, "base", Map.of(),
                Slice.of(List.of(source("a", gradient)))), models);

        assertThat(weight(plan, "model.layers.0.mlp.up_proj.weight", 0)).isZero();
        assertThat(weight(plan, "model.layers.1.mlp.up_proj.weight", 0)).isEqualTo(0.5);
        assertThat(weight(plan, "model.layers.2.mlp.up_proj.weight", 0)).isEqualTo(1);
        assertThat(weight(plan, "model.embed_tokens.weight", 0)).isZero();
        assertThat(weight(plan, "model.norm.weight", 0)).isZero();
        assertThat(plan.donor()).isEqualTo("base");
        assertThat(plan.layers()).containsExactly(0, 1, 2);
    }

    @Test
    void aSliceOfOneLayerHasDepthOne() throws Exception {
        var a = new Source("a", new LayerRange(1, 2),
                new TreeMap<>(Map.of("weight", ParameterValue.gradient(List.of(0.25, 0.75)))));
        MergePlan plan = MergePlanner.plan(
                recipe(MergeMethods.LINEAR, null, Map.of("normalize", ParameterValue.of(0)),
                        Slice.of(List.of(a))),
                models);
        assertThat(weight(plan, "model.layers.0.mlp.up_proj.weight", 0)).isEqualTo(0.75);
        assertThat(plan.tensor("model.layers.0.mlp.up_proj.weight").inputs())
                .containsExactly(new TensorInput("a", "model.layers.1.mlp.up_proj.weight"));
        assertThat(plan.tensors()).doesNotContainKey("model.layers.1.mlp.up_proj.weight");
    }

    @Test
    void sourcesComeBeforeSlicesBeforeRecipesBeforeDefaults() throws Exception {
        var filtered = new ParameterValue(List.of(new ParameterValue.Rule("mlp", List.of(0.1))));
        var slice = new Slice(List.of(Source.of("a", Map.of("density", filtered))), null,
                new TreeMap<>(Map.of("density",
                        new ParameterValue(
                                List.of(new ParameterValue.Rule("self_attn", List.of(0.2)))))));
        MergePlan plan = MergePlanner.plan(recipe(MergeMethods.TIES, "base",
                Map.of("weight", ParameterValue.of(2), "density",
                        new ParameterValue(List.of(new ParameterValue.Rule("norm", List.of(0.3))))),
                slice), models);

        assertThat(sparsity(plan, "model.layers.0.mlp.up_proj.weight"))
                .isEqualTo(new MergeOperation.Sparsity.Magnitude(0.1));
        assertThat(sparsity(plan, "model.layers.0.self_attn.q_proj.weight"))
                .isEqualTo(new MergeOperation.Sparsity.Magnitude(0.2));
        assertThat(sparsity(plan, "model.norm.weight"))
                .isEqualTo(new MergeOperation.Sparsity.Magnitude(0.3));
        assertThat(sparsity(plan, "model.embed_tokens.weight"))
                .isEqualTo(new MergeOperation.Sparsity.None());
        assertThat(weight(plan, "model.embed_tokens.weight", 0)).isEqualTo(2);
    }

    private static MergeOperation.Sparsity sparsity(MergePlan plan, String tensor) {
        return ((DeltaMerge) plan.tensor(tensor).operation()).deltas().getFirst().sparsity();
    }

    @Test
    void slicesStackAndLendTheirOuterTensors() throws Exception {
        MergePlan plan = MergePlanner.plan(recipe(MergeMethods.LINEAR, null, Map.of(),
                Slice.of(List.of(layers("a", 0, 2, 1))), Slice.of(List.of(layers("b", 1, 3, 1)))),
                models);

        assertThat(plan.layers()).containsExactly(0, 1, 1, 2);
        assertThat(plan.tensor("model.layers.3.mlp.up_proj.weight").inputs())
                .containsExactly(new TensorInput("b", "model.layers.2.mlp.up_proj.weight"));
        assertThat(plan.tensor("model.embed_tokens.weight").inputs().getFirst().model())
                .isEqualTo("a");
        assertThat(plan.tensor("model.norm.weight").inputs().getFirst().model())
                .isEqualTo("b");
    }

    @Test
    void storedTypeIsThatOfTheRecipeOrTheReference() throws Exception {
        var slice = Slice
                .of(List.of(source("b", ParameterValue.of(1)), source("a", ParameterValue.of(1))));
        String norm = "model.norm.weight";
        MergePlan own = MergePlanner.plan(recipe(MergeMethods.LINEAR, null, Map.of(), slice),
                models);
        assertThat(own.tensor(norm).output().dtype()).isEqualTo(DType.F32);
        var asked = new Recipe(MergeMethods.LINEAR, null, List.of(slice), new TreeMap<>(),
                Precision.FLOAT32,
                Precision.FLOAT16, 0);
        assertThat(MergePlanner.plan(asked, models).tensor(norm).output().dtype())
                .isEqualTo(DType.F16);
        assertThat(MergePlanner.plan(asked, models).dtype()).isEqualTo(DType.F16);
    }

    @Test
    void aTiedModelLendsItsEmbeddingToAnUntiedHead() throws Exception {
        MergePlan mixed = MergePlanner.plan(recipe(MergeMethods.TASK_ARITHMETIC, "base", Map.of(),
                Slice.of(List.of(source("head", ParameterValue.of(1))))), models);
        assertThat(mixed.tiedEmbeddings()).isFalse();
        assertThat(mixed.tensor("lm_head.weight").inputs()).containsExactly(
                new TensorInput("base", "model.embed_tokens.weight"),
                new TensorInput("head", "lm_head.weight"));
        MergePlan tied = MergePlanner.plan(recipe(MergeMethods.TASK_ARITHMETIC, "base", Map.of(),
                Slice.of(List.of(source("a", ParameterValue.of(1))))), models);
        assertThat(tied.tiedEmbeddings()).isTrue();
        assertThat(tied.tensors()).doesNotContainKey("lm_head.weight");
    }

    @Test
    void passthroughStacksLayersAsTheyAre() throws Exception {
        MergePlan plan = MergePlanner.plan(recipe(MergeMethods.PASSTHROUGH, null, Map.of(),
                Slice.of(List.of(layers("a", 0, 2, 1))), Slice.of(List.of(layers("b", 1, 3, 1)))),
                models);
        assertThat(plan.layers()).hasSize(4);
        plan.tensors().forEach((name, merge) -> {
            assertThat(merge.operation()).as(name).isEqualTo(new MergeOperation.Copy());
            assertThat(merge.inputs()).as(name).hasSize(1);
        });
    }

    @Test
    void sphericalMeansTakeDeltasIfThereIsABase() throws Exception {
        var slice = Slice.of(List.of(source("a", ParameterValue.of(1)),
                source("b", ParameterValue.of(3))));
        for (MergeMethod method : List.of(MergeMethods.NUSLERP, MergeMethods.MULTISLERP)) {
            TensorMerge deltas = MergePlanner.plan(recipe(method, "base", Map.of(), slice), models)
                    .tensor("model.norm.weight");
            TensorMerge weights = MergePlanner.plan(recipe(method, null, Map.of(), slice), models)
                    .tensor("model.norm.weight");
            assertThat(deltas.operation())
                    .isInstanceOf(MergeOperation.DeltaCombination.class);
            assertThat(deltas.inputs()).extracting(TensorInput::model)
                    .containsExactly("base", "a", "b");
            assertThat(weights.operation()).isInstanceOf(MergeOperation.Combination.class);
            assertThat(weights.inputs()).extracting(TensorInput::model).containsExactly("a", "b");
        }
        assertThat(new MergeOperation.Combination(new NuSlerp(0.75))).isEqualTo(MergePlanner
                .plan(recipe(MergeMethods.NUSLERP, null, Map.of(), slice), models)
                .tensor("model.norm.weight")
                .operation());
    }

    @Test
    void integersAndBuffersAreCopied() throws Exception {
        add("ints", "{}", DType.I64, Map.of("ids", vector(1, 2)));
        add("moreInts", "{}", DType.I64, Map.of("ids", vector(3, 4)));
        MergePlan plan = MergePlanner.plan(recipe(MergeMethods.LINEAR, null, Map.of(),
                Slice.of(List.of(source("ints", ParameterValue.of(1)),
                        source("moreInts", ParameterValue.of(1))))),
                models);
        assertThat(plan.tensor("ids").operation()).isEqualTo(new MergeOperation.Copy());
        assertThat(plan.tensor("ids").inputs())
                .containsExactly(new TensorInput("ints", "ids"));
    }

    @Test
    void mistakesAreNamed() throws Exception {
        add("wide", TIED, DType.BF16, Map.of("model.embed_tokens.weight", vector(1, 2, 3)));
        add("narrow", TIED, DType.BF16, Map.of("model.embed_tokens.weight", vector(1, 2)));
        add("lacking", TIED, DType.BF16, Map.of("model.norm.weight", vector(1)));
        add("qwen", "{\"model_type\": \"qwen2\"}", DType.BF16, llama(3, false));
        var one = ParameterValue.of(1);

        fails(Kind.UNKNOWN_MODEL, "'bse'", MergeMethods.TASK_ARITHMETIC, "bse", source("a", one));
        fails(Kind.MODELS, "exactly 2", MergeMethods.SLERP, "base", source("a", one),
                source("b", one));
        fails(Kind.MODELS, "at least 1", MergeMethods.TIES, "base", source("base", one));
        fails(Kind.MODELS, "twice", MergeMethods.LINEAR, null, source("a", one), source("a", one));
        fails(Kind.ARCHITECTURE, "'qwen2'", MergeMethods.LINEAR, null, source("a", one),
                source("qwen", one));
        fails(Kind.LAYERS, "'deep'", MergeMethods.LINEAR, null, source("a", one),
                source("deep", one));
        fails(Kind.LAYERS, "only 3", MergeMethods.LINEAR, null, layers("a", 2, 4, 1));
        fails(Kind.SHAPE, "[2] in 'narrow' and [3] in 'wide'", MergeMethods.LINEAR, null,
                source("narrow", one),
                source("wide", one));
        fails(Kind.MISSING_TENSOR,
                "'lacking' has no tensor model.embed_tokens.weight, which 'narrow' has",
                MergeMethods.LINEAR, null, source("lacking", one), source("narrow", one));
        fails(Kind.PARAMETER, "'weight' of the model 'a'", MergeMethods.LINEAR, null,
                Source.of("a", Map.of()));
        fails(Kind.PARAMETER, "sum to 0", MergeMethods.LINEAR, null, source("a", one),
                source("b", ParameterValue.of(-1)));
        fails(Kind.MODELS, "exactly 2 models, not 1", MergeMethods.NUSLERP, "a", source("a", one),
                source("b", one));
        fails(Kind.MODELS, "exactly 1", MergeMethods.PASSTHROUGH, null, source("a", one),
                source("b", one));
        fails(Kind.MODELS, "at least 2", MergeMethods.MODEL_STOCK, "base", source("a", one));
        fails(Kind.PARAMETER, "whole number", MergeMethods.KARCHER, null,
                Map.of("max_iter", ParameterValue.of(2.5)), source("a", one));
        fails(Kind.PARAMETER, "between 0.0 and 0.5", MergeMethods.DELLA, "base",
                Source.of("a", Map.of("weight", one, "density", ParameterValue.of(0.5), "epsilon",
                        ParameterValue.of(1.35))));
        fails(Kind.PARAMETER, "between 0.0 and 1.0", MergeMethods.TIES, "base",
                Source.of("a", Map.of("weight", one, "density", ParameterValue.of(1.5))));
    }

    private void fails(Kind kind, String text, MergeMethod method, @Nullable String base,
            Source... sources) {
        fails(kind, text, method, base, Map.of(), sources);
    }

    private void fails(Kind kind, String text, MergeMethod method, @Nullable String base,
            Map<String, ParameterValue> parameters, Source... sources) {
        Recipe recipe = recipe(method, base, parameters, Slice.of(List.of(sources)));
        assertThatThrownBy(() -> MergePlanner.plan(recipe, models)).hasMessageContaining(text)
                .isInstanceOfSatisfying(MergeException.class,
                        e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
