package io.mendel.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.campaign.SmallCampaign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recipes that build on each other: planned, shown and scored as they are merged. */
class SeveralRecipesTest {

    private static final Path MODELS = SmallCampaign.DEMO.resolve("models");
    private static final Path TASK = SmallCampaign.DEMO.resolve("tasks/arith_en.yaml");

    @TempDir
    private Path folder;
    private Path recipes = Path.of("");

    /** The middle one has another type, depth and vocabulary than the parents, which the output must know of. */
    @BeforeEach
    void writeRecipes() throws IOException {
        recipes = Files.writeString(folder.resolve("recipes.yaml"), """
                merge_method: ties
                base_model: short
                models:
                - {model: short, parameters: {weight: 1, density: 0.5}}
                - {model: other, parameters: {weight: 1, density: 0.5}}
                ---
                name: other
                merge_method: slerp
                base_model: short
                models: [{model: short}, {model: twin}]
                parameters: {t: 0.5}
                ---
                name: twin
                merge_method: passthrough
                slices: [{sources: [{model: %1$s/chat-ja, layer_range: [0, 4]}]}]
                tokenizer: {source: base, tokens: {"<more>": {source: {kind: zero}}}}
                ---
                name: short
                merge_method: passthrough
                out_dtype: float32
                slices: [{sources: [{model: %1$s/math-en, layer_range: [1, 5]}]}]
                tokenizer: {source: base, tokens: {"<more>": {source: {kind: zero}}}}
                """.formatted(MODELS));
    }

    @Test
    void aDryRunSaysWhatMergingDoes() throws Exception {
        Path out = folder.resolve("new/out");
        CommandRun preview = CommandRun.of("merge", recipes, out, "--dry-run", "--json");
        CommandRun text = CommandRun.of("merge", recipes, out, "--dry-run");
        assertThat(preview.code()).as(preview.err()).isZero();
        assertThat(folder).isDirectoryNotContaining(file -> !file.equals(recipes));

        CommandRun merged = CommandRun.of("merge", recipes, out, "--json");
        assertThat(merged.code()).as(merged.err()).isZero();
        JsonNode plan = preview.json();
        for (String field : new String[]{"bytes_read", "bytes_written", "method"}) {
            assertThat(plan.get(field)).as(field).isEqualTo(merged.json().get(field));
        }
        JsonNode written = CommandRun.of("inspect", out, "--json").json();
        for (String field : new String[]{"layers", "parameters"}) {
            assertThat(plan.get(field)).as(field).isEqualTo(written.get(field));
        }
        for (int i = 0; i < written.get("tensors").size(); i++) {
            assertThat(plan.get("tensors").get(i).get("shape"))
                    .isEqualTo(written.get("tensors").get(i).get("shape"));
        }
        assertThat(plan.get("recipes").findValuesAsText("name")).containsExactly("short", "twin",
                "other", "null");
        assertThat(sum(plan, "bytes_read")).isEqualTo(plan.get("bytes_read").asLong());
        assertThat(plan.get("intermediate_bytes").asLong())
                .isEqualTo(plan.get("bytes_written").asLong()
                        - plan.at("/recipes/3/bytes_written").asLong());
        assertThat(plan.get("seconds").asDouble())
                .isCloseTo(StreamSupport.stream(plan.get("recipes").spliterator(), false)
                        .mapToDouble(recipe -> recipe.get("seconds").asDouble())
                        .sum(), within(1e-9));
        assertThat(text.out()).contains("short: passthrough of ", "output: ties of short, other",
                "4 recipes, with ", "removed at the end", "nothing was written");
    }

    private static long sum(JsonNode plan, String field) {
        return StreamSupport.stream(plan.get("recipes").spliterator(), false)
                .mapToLong(recipe -> recipe.get(field).asLong())
                .sum();
    }

    @Test
    void aDryRunFindsWhatIsWrongWithALaterRecipe() throws Exception {
        Files.writeString(recipes, """
                merge_method: passthrough
                slices: [{sources: [{model: short, layer_range: [0, 5]}]}]
                ---
                name: short
                merge_method: passthrough
                slices: [{sources: [{model: %s/math-en, layer_range: [1, 5]}]}]
                """.formatted(MODELS));
        CommandRun preview = CommandRun.of("merge", recipes, folder.resolve("out"), "--dry-run");
        assertThat(preview.code()).isEqualTo(ExitCode.INPUT);
        assertThat(preview.err().lines()).singleElement().asString().contains("short", "layer");
        assertThat(folder).isDirectoryNotContaining(file -> !file.equals(recipes));
    }

    @Test
    void theyAreInspectedAndScoredAsTheyAreMerged() throws Exception {
        CommandRun inspected = CommandRun.of("inspect", recipes, "--json");
        assertThat(inspected.json().get("method").asText()).isEqualTo("ties");
        assertThat(inspected.json().get("recipes").findValuesAsText("method"))
                .containsExactly("passthrough", "passthrough", "slerp", "ties");
        assertThat(CommandRun.of("inspect", recipes).out()).contains("other: slerp of short, twin",
                "recipe: ties of short, other");

        Path out = folder.resolve("out");
        assertThat(CommandRun.of("merge", recipes, out).code()).isZero();
        CommandRun scored = CommandRun.of("evaluate", out, recipes, "--tasks", TASK, "--items", 4,
                "--synergy", "--json");
        assertThat(scored.code()).as(scored.err()).isZero();
        assertThat(scored.json().at("/models/1/results"))
                .isEqualTo(scored.json().at("/models/0/results"));
        assertThat(scored.json().at("/synergy/arith_en/acc/difference").asDouble(1)).isZero();
        assertThat(scored.json().at("/synergy/arith_en/acc/emergent").asBoolean(true)).isFalse();
        assertThat(CommandRun.of("evaluate", out, "--tasks", TASK, "--synergy").code())
                .isEqualTo(ExitCode.INPUT);
    }

    /** For the output, or for it and what is computed on the way. */
    @ParameterizedTest
    @CsvSource({"8k,The output needs", "88k,proj.weight"})
    void aDiskTooSmallForAnAdaptedModelIsSaidInOneLine(String size, String what)
            throws Exception {
        Path golden = Path.of("../evaluator/src/test/resources/golden/architectures")
                .toAbsolutePath();
        Path disk = Files.createDirectory(folder.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", disk.toString()),
                "only root can mount a small disk");
        try {
            Files.writeString(recipes, """
                    merge_method: linear
                    models:
                    - model: %1$s/llama/model+%1$s/llama_lora_r4/adapter
                      parameters: {weight: 1}
                    """.formatted(golden));
            CommandRun merged = CommandRun.of("merge", recipes, disk.resolve("out"));
            assertThat(merged.code()).as(merged.err()).isEqualTo(ExitCode.FAILED);
            assertThat(merged.err().lines()).singleElement()
                    .asString()
                    .contains(disk.toString(), what, "space, or choose");
            assertThat(disk).isEmptyDirectory();
        } finally {
            assertThat(run("umount", "-l", disk.toString())).isTrue();
        }
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
