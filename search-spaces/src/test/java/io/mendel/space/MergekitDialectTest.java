package io.mendel.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MergekitDialectTest {

    private static final String LAYERWISE = """
            merge_method: task_arithmetic
            base_model: models/base
            models:
            - model: models/math-en
              parameters:
                weight:
                - {filter: embed_tokens, value: 0.59562}
                - value: [1.09135, 0.75135, 0.97117]
            - model: models/chat-ja
              parameters: {weight: 0.5}
            parameters: {lambda: 0.9, normalize: true}
            dtype: float32
            out_dtype: bfloat16
            """;

    private static final String SLICED = """
            merge_method: dare_ties
            base_model: b
            slices:
            - sources:
              - {model: b, layer_range: [0, 2]}
              - {model: x, layer_range: [0, 2], parameters: {weight: 0.5, density: 0.25}}
            - sources:
              - {model: x, layer_range: [1, 3], parameters: {weight: 0.5}}
              parameters: {rescale: false}
            mendel: {seed: 7}
            """;

    @ParameterizedTest
    @ValueSource(strings = {LAYERWISE, SLICED})
    void writtenRecipesAreReadBackWithTheSameDigest(String text) throws DocumentException {
        Recipe recipe = MergekitReader.read(text, "test");

        String written = MergekitWriter.write(recipe);

        assertThat(MergekitReader.read(written, "written")).isEqualTo(recipe);
        assertThat(MergekitReader.read(recipe.canonicalJson(), "canonical")).isEqualTo(recipe);
        assertThat(MergekitReader.read(written, "written").digest()).isEqualTo(recipe.digest());
    }

    @Test
    void filtersAndGradientsFollowMergekit() throws DocumentException {
        ParameterValue weight = weightOf(MergekitReader.read(LAYERWISE, "test")
                .slices()
                .getFirst()
                .sources()
                .getFirst());

        assertThat(weight.at("model.embed_tokens.weight", 0)).hasValue(0.59562);
        assertThat(weight.at("model.layers.1.mlp.up_proj.weight", 0.5)).hasValue(0.75135);
        assertThat(ParameterValue.gradient(List.of(0.0, 0.5, 0.3, 0.7, 1.0))
                .at("x", 0.4)
                .orElseThrow())
                .isCloseTo(0.38, offset(1e-12));
    }

    private static ParameterValue weightOf(Source source) {
        return Objects.requireNonNull(source.parameters().get("weight"));
    }

    @Test
    void extrasAreKept() throws DocumentException {
        Recipe recipe = MergekitReader.read(SLICED, "test");

        assertThat(recipe.seed()).isEqualTo(7);
        assertThat(recipe.models()).containsExactly("b", "x");
        assertThat(recipe.slices().get(1).parameters().get("rescale"))
                .isEqualTo(ParameterValue.of(0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            merge_method: tise                                                   | unknown merge method 'tise'. Did you mean 'ties'?
            merge_metod: ties                                                    | unknown key 'merge_metod'. Did you mean 'merge_method'?
            {merge_method: linear, models: []}                                   | at least one source
            {merge_method: linear}                                               | exactly one of 'models', 'slices' and 'modules'
            {merge_method: linear, models: [{model: a, parameters: {wieght: 1}}]}| Did you mean 'weight'?
            {merge_method: linear, models: [{model: a, parameters: {weight: x}}]}| models[0].parameters.weight: must be a number
            {merge_method: ties, models: [{model: a, parameters: {weight: 1}}]}  | needs a base_model
            {merge_method: linear, dtype: bf16, models: [{model: a}]}            | unknown type 'bf16'
            {merge_method: linear, merge_method: ties}                           | not valid YAML
            [1, 2]                                                               | a mapping of keys
            """)
    void wrongRecipesSayWhereAndWhatToDo(String text, String message) {
        assertThatThrownBy(() -> MergekitReader.read(text, "bad.yaml"))
                .isInstanceOf(DocumentException.class)
                .hasMessageStartingWith("bad.yaml")
                .hasMessageContaining(message.strip());
    }

    @Test
    void densityOutsideTheUnitIntervalIsRefused() {
        String text = "{merge_method: ties, base_model: b, models: [{model: a, parameters: {weight: 1, density: 1.5}}]}";

        assertThatThrownBy(() -> MergekitReader.read(text, "bad.yaml"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("must be from 0.0 to 1.0, not 1.5");
    }

    @Test
    void scalesThatChangeNothingAreNotPartOfARecipe() throws Exception {
        String path = "{merge_method: passthrough, models: [{model: a}]%s}";
        var plain = MergekitReader.read(path.formatted(""), "recipe");
        var ones = MergekitReader.read(path.formatted(", mendel: {scales: [1, 1.0]}"), "recipe");
        var scaled = MergekitReader.read(path.formatted(", mendel: {scales: [1, 0.5]}"), "recipe");
        assertThat(ones).isEqualTo(plain);
        assertThat(ones.digest()).isEqualTo(plain.digest());
        assertThat(scaled.scales()).containsExactly(1.0, 0.5);
        assertThat(scaled.digest()).isNotEqualTo(plain.digest());
    }
}
