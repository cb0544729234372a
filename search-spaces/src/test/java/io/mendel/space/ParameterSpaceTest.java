package io.mendel.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
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

    private static ParameterSpace extended(List<ParameterOption> options,
            Map<String, ParameterSpaceSettings.Range> ranges, int points,
            MergeMethod... methods) {
        return new ParameterSpace(new ParameterSpaceSettings("base", List.of("m/a", "m/b"),
                List.of(methods), SIX, ParameterSpaceSettings.equalGroups(6, 1), List.of(),
                new ParameterSpaceSettings.Range(0, 1.5),
                new ParameterSpaceSettings.Range(0.05, 1), 42, options, ranges, points));
    }

    private static ParameterSpace withOptions() {
        return extended(List.of(
                new ParameterOption.Words("normalize", List.of("false", "true")),
                new ParameterOption.Numeric("lambda", 0.5, 2, 0.001, true),
                new ParameterOption.Numeric("epsilon", 0, 0.4, 0.1, false)), Map.of(), 0,
                MergeMethods.TIES, MergeMethods.DELLA, MergeMethods.LINEAR);
    }

    @Test
    void furtherParametersAreGenesOfTheMethodsThatHaveThem() {
        ParameterSpace space = withOptions();
        int n = space.genes().size();
        double[] vector = random(space, 3);
        vector[0] = 0.5;
        vector[n - 3] = 0.9;
        vector[n - 2] = 0.5;
        vector[n - 1] = 0.74;

        Recipe della = space.decode(vector);
        assertThat(della.method()).isEqualTo(MergeMethods.DELLA);
        assertThat(della.parameters().get("normalize")).isEqualTo(ParameterValue.of(1));
        assertThat(della.parameters().get("lambda")).isEqualTo(ParameterValue.of(1));
        assertThat(della.slices().getFirst().sources().get(1).parameters().get("epsilon"))
                .isEqualTo(ParameterValue.of(0.3));
        assertThat(MergekitWriter.write(della)).contains("lambda", "epsilon");
    }

    @Test
    void genesWithoutEffectMakeNoDifference() {
        ParameterSpace space = withOptions();
        double[] one = random(space, 3);
        double[] other = random(space, 4);
        for (double method : new double[]{0.1, 0.9}) {
            one[0] = method;
            for (int i = 0; i < one.length - 1; i++) {
                other[i] = one[i];
            }
            assertThat(space.snap(other)).containsExactly(space.snap(one));
            assertThat(space.decode(other)).isEqualTo(space.decode(one));
            assertThat(space.snap(space.snap(one))).containsExactly(space.snap(one));
        }
        one[0] = 0.9;
        assertThat(space.snap(one)[3]).as("density of linear")
                .isCloseTo(0.5,
                        org.assertj.core.api.Assertions.within(0.01));
    }

    @Test
    void optionsAreCheckedAgainstTheMethods() {
        assertThatThrownBy(() -> extended(
                List.of(new ParameterOption.Words("normalise", List.of("true", "false"))),
                Map.of(), 0, MergeMethods.TIES)).hasMessageContaining("normalise");
        assertThatThrownBy(() -> extended(
                List.of(new ParameterOption.Words("normalize", List.of("true", "perhaps"))),
                Map.of(), 0, MergeMethods.TIES)).hasMessageContaining("perhaps");
        assertThatThrownBy(() -> extended(
                List.of(new ParameterOption.Numeric("normalize", 0, 1, 0.1, false)), Map.of(), 0,
                MergeMethods.TIES)).hasMessageContaining("words");
        assertThatThrownBy(() -> new ParameterOption.Numeric("lambda", 0, 1, 0.1, true))
                .hasMessageContaining("above 0");
    }

    @Test
    void singleGenesMayHaveTheirOwnRange() {
        ParameterSpace space = extended(List.of(),
                Map.of("a.weight", new ParameterSpaceSettings.Range(-1, 0.5)), 0,
                MergeMethods.TASK_ARITHMETIC);
        double[] top = new double[space.genes().size()];
        java.util.Arrays.fill(top, 1);
        var sources = space.decode(top).slices().getFirst().sources();
        assertThat(weightOf(sources.get(0)).at("model.layers.3.x", 0.6)).hasValue(0.5);
        assertThat(weightOf(sources.get(1)).at("model.layers.3.x", 0.6)).hasValue(1.5);
    }

    @Test
    void curvesInterpolateOverTheLayers() {
        ParameterSpace space = extended(List.of(), Map.of(), 3, MergeMethods.TASK_ARITHMETIC);
        assertThat(space.genes()).hasSize(2 * (1 + 3));
        double[] vector = {0, 0, 1, 0, 0.5, 0.5, 0.5, 0.5};
        var weight = weightOf(space.decode(vector).slices().getFirst().sources().getFirst());
        assertThat(weight.at("model.layers.0.x", 0)).hasValue(0);
        assertThat(weight.at("model.layers.2.x", 0.4).orElseThrow()).isEqualTo(1.2,
                org.assertj.core.api.Assertions.within(1e-12));
        assertThat(weight.at("model.layers.5.x", 1)).hasValue(0);
        assertThatThrownBy(() -> extended(List.of(), Map.of(), 7, MergeMethods.TIES))
                .hasMessageContaining("6");
    }

    @Test
    void logarithmicGenesSpreadRatiosEvenly() {
        var gene = new Gene.Real("x", 0.01, 100, 0.001, true);
        assertThat(gene.value(0.5)).isEqualTo(1, org.assertj.core.api.Assertions.within(1e-3));
        assertThat(gene.coordinate(10)).isEqualTo(0.75,
                org.assertj.core.api.Assertions.within(1e-12));
        assertThat(gene.snap(gene.snap(0.3))).isEqualTo(gene.snap(0.3));
    }
}
