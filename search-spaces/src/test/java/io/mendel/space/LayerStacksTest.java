package io.mendel.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.space.LayerStacks.Part;
import io.mendel.space.RecipeTemplates.LayerZones;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LayerStacksTest {

    /** The path of a recipe whose slices are single layers, such as {@code a0 a1 b1}. */
    private static String path(Recipe recipe) {
        var steps = new ArrayList<String>();
        for (Slice slice : LayerStacks.stepwise(recipe).slices()) {
            var models = new StringBuilder();
            for (Source source : slice.sources()) {
                LayerRange range = Objects.requireNonNull(source.layers());
                assertThat(range.size()).isEqualTo(1);
                models.append(source.model()).append(range.start());
            }
            steps.add(models.toString());
        }
        return String.join(" ", steps);
    }

    @Test
    void solarDropsTheLastLayersBelowAndTheFirstAbove() {
        Recipe solar = LayerStacks.depthUpscale("m", 32, 8);

        assertThat(solar.slices()).hasSize(2);
        assertThat(LayerStacks.stepwise(solar).slices()).hasSize(48);
        assertThat(path(LayerStacks.depthUpscale("m", 4, 1))).isEqualTo("m0 m1 m2 m1 m2 m3");
        assertThat(path(LayerStacks.depthUpscale("m", 2, 0))).isEqualTo("m0 m1 m0 m1");
        assertThatThrownBy(() -> LayerStacks.depthUpscale("m", 4, 4))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void windowsOfModelsInTurnEndAtTheLastLayer() {
        assertThat(path(LayerStacks.interleave(List.of("a", "b"), 5, 3, 2)))
                .isEqualTo("a0 a1 a2 b2 b3 b4");
        assertThat(path(LayerStacks.interleave(List.of("a", "b"), 4, 2, 2)))
                .isEqualTo("a0 a1 b2 b3");
        assertThat(path(LayerStacks.interleave(List.of("a", "b", "c"), 4, 3, 3)))
                .isEqualTo("a0 a1 a2 b3");
        assertThat(path(LayerStacks.interleave(List.of("a"), 2, 2, 1))).isEqualTo("a0 a1");
        for (int[] wrong : new int[][]{{4, 5, 1}, {4, 2, 3}, {4, 0, 1}, {4, 2, 0}}) {
            assertThatThrownBy(
                    () -> LayerStacks.interleave(List.of("a"), wrong[0], wrong[1], wrong[2]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void pruningKeepsTheOthersInOrder() {
        assertThat(path(LayerStacks.prune("m", 5, List.of(new LayerRange(1, 3)))))
                .isEqualTo("m0 m3 m4");
        assertThat(path(LayerStacks.prune("m", 5,
                List.of(new LayerRange(0, 1), new LayerRange(3, 5), new LayerRange(4, 5)))))
                .isEqualTo("m1 m2");
        assertThatThrownBy(() -> LayerStacks.prune("m", 5, List.of(new LayerRange(0, 5))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> LayerStacks.prune("m", 5, List.of(new LayerRange(4, 6))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void stepsKeepParametersAndEverythingElse() {
        Recipe swap = RecipeTemplates.layerSwap("l", "m", new LayerZones(5, 1, 1, 1, 0, 0.5));
        Recipe steps = LayerStacks.stepwise(swap);

        assertThat(path(swap)).isEqualTo("l0 l1m1 m2 m3 l4");
        assertThat(steps.slices().getFirst()).isEqualTo(swap.slices().getFirst());
        assertThat(LayerStacks.stepwise(steps)).isEqualTo(steps);
        assertThat(steps.method()).isEqualTo(swap.method());
    }

    @Test
    void whatVariesAlongASliceCannotBeCut() throws Exception {
        Recipe gradient = MergekitReader.read("""
                merge_method: passthrough
                slices:
                - sources: [{model: m, layer_range: [0, 4], parameters: {scale: [0.5, 1]}}]
                """, "recipe.yaml");
        assertThatThrownBy(() -> LayerStacks.stepwise(gradient))
                .hasMessageContaining("scale");
        assertThatThrownBy(() -> LayerStacks.stepwise(Recipe.identity("m")))
                .hasMessageContaining("layer ranges");
    }

    @Test
    void stacksAreRecipesInMergekitsDialect() throws Exception {
        Recipe recipe = LayerStacks.frankenmerge(List.of(new Part("a", new LayerRange(0, 3)),
                new Part("b", new LayerRange(1, 4))));
        assertThat(MergekitReader.read(MergekitWriter.write(recipe), "stack")).isEqualTo(recipe);
    }
}
