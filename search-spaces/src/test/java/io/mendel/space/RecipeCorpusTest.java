package io.mendel.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecipeCorpusTest {

    @ParameterizedTest
    @MethodSource("io.mendel.space.RecipeCorpus#recipes")
    void writingAndReadingChangesNothing(String text) throws DocumentException {
        Recipe recipe = MergekitReader.read(text, "test");
        String written = MergekitWriter.write(recipe);

        Recipe again = MergekitReader.read(written, "written");
        Recipe canonical = MergekitReader.read(recipe.canonicalJson(), "canonical");

        assertThat(again).as(written).isEqualTo(recipe);
        assertThat(again.digest()).isEqualTo(recipe.digest());
        assertThat(MergekitWriter.write(again)).isEqualTo(written);
        assertThat(canonical).isEqualTo(recipe);
        assertThat(canonical.canonicalJson()).isEqualTo(recipe.canonicalJson());
    }

    @Test
    void theRecipesAreManyAndAllDifferent() throws DocumentException {
        List<String> texts = RecipeCorpus.recipes().toList();
        assertThat(texts).hasSizeGreaterThanOrEqualTo(25);
        var digests = new ArrayList<String>();
        for (String text : texts) {
            digests.add(MergekitReader.read(text, "test").digest());
        }
        assertThat(digests).doesNotHaveDuplicates();
    }

    @Test
    void aliasesAndMergeKeysAreWrittenOut() throws DocumentException {
        String text = RecipeCorpus.recipes()
                .filter(recipe -> recipe.contains("&usual"))
                .findFirst()
                .orElseThrow();
        List<Source> sources = MergekitReader.read(text, "test").slices().getFirst().sources();

        assertThat(sources.get(1).parameters()).isEqualTo(sources.get(0).parameters());
        assertThat(sources.get(2).parameters()).containsEntry("weight", ParameterValue.of(0.5))
                .containsEntry("density", ParameterValue.of(0.25));
        assertThat(sources.get(3).parameters()).containsEntry("weight", ParameterValue.of(1))
                .containsEntry("density", ParameterValue.of(0.5));
    }

    @Test
    void modelReferencesHaveOneSpelling() throws DocumentException {
        String text = RecipeCorpus.recipes()
                .filter(recipe -> recipe.contains("loras/z"))
                .findFirst()
                .orElseThrow();

        assertThat(MergekitReader.read(text, "test").models()).containsExactly("base+loras/x",
                "base+loras/y", "base@v1+loras/z@v2", "base@main+loras/x@dev");
        assertThat(ModelReference.of("base@v1+loras/z@v2"))
                .isEqualTo(new ModelReference("base", "v1", "loras/z", "v2", null));
    }

    @Test
    void namedRecipesAreBroughtIntoOrder() throws DocumentException {
        MergeSequence first = MergekitReader.readAll(RecipeCorpus.SEQUENCES.get(0), "test");
        assertThat(first.steps()).extracting(MergeSequence.Step::name)
                .containsExactly("first", "second", null);
        assertThat(first.output().method()).isEqualTo(MergeMethods.TIES);
        MergeSequence second = MergekitReader.readAll(RecipeCorpus.SEQUENCES.get(1), "test");
        assertThat(second.steps()).extracting(MergeSequence.Step::name).containsExactly("x", null);
        String all = "%s\n---\n%s".formatted(named("a", "p"), named("b", "a"));
        assertThat(MergekitReader.readAll(all, "test").steps())
                .extracting(MergeSequence.Step::name)
                .containsExactly("a", "b");
        assertThat(MergekitReader.readAll(named("a", "p"), "test").names()).containsExactly("a");
    }

    private static String named(String name, String model) {
        return "{name: %s, merge_method: linear, models: [{model: %s, parameters: {weight: 1}}]}"
                .formatted(name, model);
    }

    @Test
    void sequencesThatCannotBeOrderedAreRefused() {
        refused("Two recipes have the name 'a'", named("a", "p"), named("a", "q"));
        refused("in a circle: a, b", named("a", "b"), named("b", "a"), named("c", "a"));
        refused("in a circle: a", named("a", "a"));
        refused("Only one recipe may have no name", named("null", "a"), named("null", "b"));
        refused("The last recipe 'b' is the output", named("a", "b"), named("b", "p"));
        refused("letters, digits", named("a/b", "p"));
        refused("document 2", named("a", "p"), "{merge_method: linear, modles: []}");
        assertThatThrownBy(() -> MergekitReader.read(named("null", "a") + "\n---\n{}", "bad"))
                .hasMessageContaining("one document is required, but there are 2");
    }

    private static void refused(String message, String... documents) {
        assertThatThrownBy(() -> MergekitReader.readAll(String.join("\n---\n", documents), "bad"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {merge_method: linear, modules: {}}                                       | at least one module
            {merge_method: linear, modules: {encoder: }}                              | must be a mapping
            {merge_method: linear, modules: {encoder: {model: []}}}                   | modules.encoder.model: unknown key 'model'. Did you mean 'models'?
            {merge_method: linear, modules: {encoder: {}}}                            | exactly one of 'models' and 'slices'
            {merge_method: linear, slices: []}                                        | at least one slice
            {merge_method: linear, slices: [{sources: [{model: a, layer_rnage: [0, 1]}]}]}  | Did you mean 'layer_range'?
            {merge_method: linear, slices: [{sources: [{model: a}], residual_weight: x}]}   | residual_weight: must be a finite number
            {merge_method: linear, slices: [{source: [{model: a}]}]}                  | Did you mean 'sources'?
            {merge_method: linear, models: [{model: a}], normalize: true}             | unknown key 'normalize'
            {merge_method: linear, models: [{model: a, parameter: {weight: 1}}]}      | Did you mean 'parameters'?
            {merge_method: linear, models: [{model: a, parameters: {weight: [{filtre: x, value: 1}]}}]} | Did you mean 'filter'?
            {merge_method: linear, models: [{model: a}], dtype: int64}                | cannot be merged or stored as int64
            {merge_method: linear, models: [{model: a}], mendel: {sede: 1}}           | Did you mean 'seed'?
            {merge_method: linear, models: [{model: a}], mendel: {seed: 1.5}}         | mendel.seed: must be a whole number
            {merge_method: passthrough, models: [{model: a}], mendel: {scales: 2}}    | mendel.scales: must be a list of numbers
            {merge_method: passthrough, models: [{model: a}], mendel: {scales: [1, 0]}} | mendel.scales[1]: must be a finite number above 0
            {merge_method: passthrough, modules: {m: {models: [{model: a}]}}, mendel: {scales: [2]}} | a recipe of modules has none
            {merge_method: linear, models: [{model: a+b+c}]}                          | at most one '+'
            {merge_method: linear, models: [{model: a@b@c}]}                          | at most one '@'
            {merge_method: linear, models: [{model: a+}]}                             | needs a lora
            {merge_method: linear, models: [{model: {lora: a}}]}                      | models[0].model.model: this key is required
            {merge_method: linear, models: [{model: {model: a, lroa: b}}]}            | Did you mean 'lora'?
            {merge_method: linear, models: [{model: {model: a+b, lora: c}}]}          | a path without an adapter
            {merge_method: linear, models: [{model: *nothing}]}                       | the alias '*nothing' refers to nothing
            {merge_method: linear, models: [{model: a, <<: 3}]}                       | must name a mapping
            {merge_method: slerp, modules: {x: {base_model: b, models: [{model: a}]}, y: {models: [{model: a}]}}} | needs a base_model
            """)
    void mistakesAreNamedWhereTheyAre(String text, String message) {
        assertThatThrownBy(() -> MergekitReader.read(text, "bad.yaml"))
                .isInstanceOf(DocumentException.class)
                .hasMessageStartingWith("bad.yaml")
                .hasMessageContaining(message.strip());
    }

    @Test
    void smallDocumentsCannotStandForLargeTrees() {
        var bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i,
                    "*a%d, ".formatted(i - 1).repeat(10)));
        }
        assertThatThrownBy(() -> MergekitReader.read(bomb.toString(), "bomb"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("more than 100000 values");
        assertThatThrownBy(() -> MergekitReader.read("[".repeat(100_000), "deep"))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("40 mappings and lists");
    }
}
