package io.mendel.space;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.space.ParameterSpaceSettings.Range;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class NearestVectorTest {

    private static ParameterSpace space(List<MergeMethod> methods) {
        return new ParameterSpace(new ParameterSpaceSettings("base", List.of("a", "b"), methods,
                new LayersAndNames(6, List.of("model.embed_tokens", "model.norm")),
                ParameterSpaceSettings.equalGroups(6, 3), List.of("mlp"), new Range(0, 2),
                new Range(0.05, 1), 7));
    }

    @Test
    void everyRecipeOfASpaceIsFoundAgain() {
        for (var methods : List.of(List.of(MergeMethods.DARE_TIES),
                List.of(MergeMethods.TIES, MergeMethods.TASK_ARITHMETIC),
                List.of(MergeMethods.SLERP))) {
            ParameterSpace space = space(methods);
            var random = new SplittableRandom(5);
            for (int i = 0; i < 50; i++) {
                double[] vector = space
                        .snap(random.doubles(space.genes().size()).toArray());
                Recipe recipe = space.decode(vector);
                double[] nearest = Objects.requireNonNull(space.nearest(recipe));
                assertThat(space.decode(nearest).digest()).isEqualTo(recipe.digest());
            }
        }
    }

    @Test
    void valuesOutsideAreClampedAndLayersOfAGroupAveraged() throws Exception {
        ParameterSpace space = space(List.of(MergeMethods.TIES));
        Recipe recipe = MergekitReader.read("""
                merge_method: ties
                base_model: base
                models:
                - {model: b, parameters: {weight: [0, 1, 0, 0, 3, 3], density: 0.5}}
                """, "test");
        Recipe nearest = space.decode(Objects.requireNonNull(space.nearest(recipe)));
        assertThat(nearest.canonicalJson()).contains("[0.5,0.5,0.0,0.0,2.0,2.0]")
                .contains("\"density\":");
        assertThat(space.nearest(recipe.withModels(name -> name.equals("b") ? "c" : name)))
                .isNull();
        assertThat(space.nearest(Recipe.identity("a"))).isNull();
    }

    @Test
    void modelsAreRenamedEverywhere() throws Exception {
        Recipe recipe = MergekitReader.read("""
                merge_method: ties
                base_model: base
                models:
                - {model: a, parameters: {weight: 1, density: 0.5}}
                - {model: b, parameters: {weight: 1, density: 0.5}}
                """, "test");
        assertThat(recipe.withModels(name -> "x/" + name).models()).containsExactly("x/base",
                "x/a", "x/b");
        assertThat(recipe.withModels(name -> name).digest()).isEqualTo(recipe.digest());
    }
}
