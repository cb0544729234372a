package io.mendel.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ParameterSpaceTest {

    private static final LayersAndNames SIX = new LayersAndNames(6,
            List.of("model.embed_tokens", "model.norm"));

    private static ParameterSpace space(int groups, List<String> filters, MergeMethod... methods) {
        return new ParameterSpace(
                new ParameterSpaceSettings("base", List.of("m/a", "m/b"), List.of(methods), SIX,
                        ParameterSpaceSettings.equalGroups(6, groups), filters,
                        new ParameterSpaceSettings.Range(0, 1.5),
                        new ParameterSpaceSettings.Range(0.05, 1), 42));
    }

    private static ParameterValue weightOf(Source source) {
        return Objects.requireNonNull(source.parameters().get("weight"));
    }

    private static double[] random(ParameterSpace space, long seed) {
        var random = new SplittableRandom(seed);
        return random.doubles(space.genes().size()).toArray();
    }

    @Test
    void everyPartOfEveryParentHasItsOwnGene() {
        assertThat(space(6, List.of(), MergeMethods.TASK_ARITHMETIC).genes()).hasSize(2 * 7);
        assertThat(space(3, List.of("self_attn", "mlp"), MergeMethods.TIES).genes())
                .hasSize(2 * 2 * (1 + 3 * 3));
        assertThat(space(3, List.of(), MergeMethods.TIES, MergeMethods.DARE_TIES).genes())
                .hasSize(1 + 2 * 2 * 4);
        assertThat(space(2, List.of(), MergeMethods.SLERP).genes()).hasSize(3);
    }

    @Test
    void genesReachExactlyTheTensorsTheyName() {
        ParameterSpace space = space(3, List.of("mlp"), MergeMethods.TASK_ARITHMETIC);
        double[] vector = space.flat(new double[]{0.5, 0.5}, 1, null);
        int place = space.genes()
                .stream()
                .map(Gene::name)
                .toList()
                .indexOf("b.weight.layers 2-3.mlp");
        vector[place] = 1;

        ParameterValue weight = weightOf(space.decode(vector)
                .slices()
                .getFirst()
                .sources()
                .get(1));

        assertThat(weight.at("model.layers.2.mlp.up_proj.weight", 2 / 5.0)).hasValue(1.5);
        assertThat(weight.at("model.layers.3.mlp.up_proj.weight", 3 / 5.0)).hasValue(1.5);
        assertThat(weight.at("model.layers.4.mlp.up_proj.weight", 4 / 5.0)).hasValue(0.5);
        assertThat(weight.at("model.layers.2.self_attn.q_proj.weight", 2 / 5.0)).hasValue(0.5);
        assertThat(weight.at("model.embed_tokens.weight", 0)).hasValue(0.5);
    }

    @Test
    void snappedVectorsDecodeToTheSameRecipe() {
        for (ParameterSpace space : List.of(space(6, List.of(), MergeMethods.DARE_TIES),
                space(2, List.of("mlp"), MergeMethods.LINEAR, MergeMethods.TIES),
                space(2, List.of(), MergeMethods.DELLA, MergeMethods.BREADCRUMBS),
                space(3, List.of(), MergeMethods.SLERP))) {
            for (long seed = 0; seed < 50; seed++) {
                double[] vector = random(space, seed);
                double[] snapped = space.snap(vector);
                assertThat(space.decode(snapped).digest()).isEqualTo(space.decode(vector).digest());
                assertThat(space.snap(snapped)).isEqualTo(snapped);
            }
        }
    }

    @Test
    void decodedRecipesSurviveTheMergekitDialect() throws DocumentException {
        ParameterSpace space = space(3, List.of("self_attn"), MergeMethods.DARE_TIES);
        Recipe recipe = space.decode(random(space, 3));

        assertThat(MergekitReader.read(MergekitWriter.write(recipe), "written").digest())
                .isEqualTo(recipe.digest());
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertThatThrownBy(() -> space(2, List.of(), MergeMethods.SLERP, MergeMethods.LINEAR))
                .hasMessageContaining("slerp");
        assertThatThrownBy(() -> space(2, List.of(), MergeMethods.MODEL_STOCK))
                .hasMessageContaining("model_stock has no weights");
        assertThatThrownBy(() -> space(2, List.of(), MergeMethods.LINEAR, MergeMethods.PASSTHROUGH))
                .hasMessageContaining("passthrough");
        assertThatThrownBy(() -> ParameterSpaceSettings.equalGroups(6, 7))
                .hasMessageContaining("From 1 to 6");
        assertThatThrownBy(() -> new ParameterSpaceSettings.Range(1, 1))
                .hasMessageContaining("min < max");
    }

    @Test
    void textbookRecipesNameEveryParent() {
        assertThat(TextbookRecipes.of("base", List.of("m/a", "m/b"), 1))
                .extracting(TextbookRecipes.Named::name)
                .containsExactly("base", "parent:a", "parent:b", "uniform", "task_arithmetic",
                        "ties", "dare_ties");
        assertThat(TextbookRecipes.of(null, List.of("m/a"), 1))
                .extracting(TextbookRecipes.Named::name)
                .containsExactly("parent:a", "uniform");
    }
}
