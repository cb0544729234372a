package io.mendel.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.space.RecipeTemplates.LayerZones;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeTemplatesTest {

    static List<Recipe> templates() {
        return List.of(
                RecipeTemplates.layerSwap("language", "math", new LayerZones(10, 3, 2, 1, 1, 0.5)),
                RecipeTemplates.layerSwap("language", "math", new LayerZones(4, 0, 0, 0, 0, 0.5)),
                RecipeTemplates.layerSwap("language", "math", new LayerZones(3, 0, 1, 1, 1, 0.25)),
                RecipeTemplates.chatVector("general", "domain", "chat", 0.8, true),
                RecipeTemplates.chatVector("general", "domain", "chat", 1, false),
                RecipeTemplates.domainSlerp("domain", "general"));
    }

    @ParameterizedTest
    @MethodSource("templates")
    void templatesAreRecipesInMergekitsDialect(Recipe recipe) throws Exception {
        assertThat(MergekitReader.read(MergekitWriter.write(recipe), "template"))
                .isEqualTo(recipe);
    }

    /** The layers of METHODS' example: 10 layers, bottom 3 + 1, top 2 + 1. */
    @Test
    void layersAreSwappedWithTransitions() {
        Recipe recipe = templates().getFirst();
        var layers = new ArrayList<String>();
        for (Slice slice : recipe.slices()) {
            for (int i = 0; i < Objects.requireNonNull(slice.sources().getFirst().layers())
                    .size(); i++) {
                layers.add(slice.sources().size() == 1
                        ? slice.sources().getFirst().model()
                        : "both");
            }
        }
        assertThat(layers).containsExactly("language", "language", "language", "both", "math",
                "math", "math", "both", "language", "language");
        for (Source source : recipe.slices().get(1).sources()) {
            assertThat(source.parameters().get("weight")).isEqualTo(ParameterValue.of(0.5));
        }
    }

    @Test
    void tensorsOutsideTheLayersAreTheOuterExperts() {
        Slice first = templates().get(1).slices().getFirst();
        assertThat(first.sources()).extracting(Source::model).containsExactly("language", "math");
        for (Source source : first.sources()) {
            double outer = source.model().equals("language") ? 1 : 0;
            ParameterValue weight = source.parameters()
                    .getOrDefault("weight",
                            ParameterValue.of(-1));
            assertThat(weight.at("model.embed_tokens.weight", 0)).hasValue(outer);
            assertThat(weight.at("model.norm.weight", 0)).hasValue(outer);
            assertThat(weight.at("model.layers.0.input_layernorm.weight", 0)).hasValue(1 - outer);
        }
    }

    @Test
    void zonesMustFit() {
        assertThatThrownBy(() -> new LayerZones(4, 2, 2, 1, 0, 0.5))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new LayerZones(4, 1, 1, 0, 0, 1.5))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void choicesAreWordsThatKeepTheDigest() throws Exception {
        String text = """
                merge_method: pcb
                base_model: b
                models: [{model: a}]
                parameters: {variant: paper, scope: [{filter: mlp, value: tensor}, {value: global}]}
                """;
        Recipe recipe = MergekitReader.read(text, "test");
        assertThat(recipe.canonicalJson()).contains("\"variant\":\"paper\"",
                "{\"filter\":\"mlp\",\"value\":\"tensor\"}");
        assertThat(MergekitReader.read(recipe.canonicalJson(), "json")).isEqualTo(recipe);
        assertThat(MergekitReader.read(MergekitWriter.write(recipe), "yaml").digest())
                .isEqualTo(recipe.digest());
        assertThatThrownBy(() -> MergekitReader.read(text.replace("paper", "papers"), "test"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("paper");
        assertThatThrownBy(
                () -> MergekitReader.read(text.replace("paper", "[paper, release]"), "t"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("release");
    }
}
