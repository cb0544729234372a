package io.mendel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.campaign.SmallCampaign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

    private static final Path DEMO = SmallCampaign.DEMO;

    @TempDir
    private Path folder;

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void recipesOfOneFileBuildOnEachOther() throws Exception {
        String average = "models: [{model: %s, parameters: {weight: 1}}, {model: %s, parameters: {weight: 1}}]";
        String math = DEMO + "/models/math-en";
        String chat = DEMO + "/models/chat-ja";
        Path recipe = write("recipes.yaml", """
                merge_method: linear
                %s
                ---
                name: half
                merge_method: linear
                out_dtype: float32
                %s
                """.formatted(average.formatted("half", math), average.formatted(math, chat)));
        Path direct = write("direct.yaml", """
                merge_method: linear
                models:
                - {model: kept/half, parameters: {weight: 1}}
                - {model: %s, parameters: {weight: 1}}
                """.formatted(math));

        CommandRun merge = CommandRun.of("merge", recipe, folder.resolve("out"), "--json");
        CommandRun kept = CommandRun.of("merge", recipe, folder.resolve("again"), "--intermediates",
                folder.resolve("kept"), "--json");
        CommandRun expected = CommandRun.of("merge", direct, folder.resolve("direct"), "--json");
        CommandRun misspelt = CommandRun.of("merge", write("misspelt.yaml",
                Files.readString(recipe).replace("model: half", "model: hafl")),
                folder.resolve("none"));

        assertThat(merge.code()).as(merge.err()).isZero();
        assertThat(kept.json().get("digest")).isEqualTo(merge.json().get("digest"));
        assertThat(merge.json().get("digest")).isEqualTo(expected.json().get("digest"));
        assertThat(folder.resolve("kept/half/model.safetensors")).exists();
        assertThat(misspelt.code()).isEqualTo(ExitCode.INPUT);
        assertThat(misspelt.err()).contains("Did you mean 'half'?");
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("recipes.yaml", "direct.yaml", "misspelt.yaml",
                            "out", "again", "kept", "direct");
        }
    }

    @Test
    void aMergedRecipeIsInspectedAndEvaluated() throws Exception {
        Path recipe = write("recipe.yaml", """
                merge_method: ties
                base_model: %1$s/models/base
                models:
                - {model: %1$s/models/math-en, parameters: {weight: 1, density: 0.5}}
                - {model: %1$s/models/chat-ja, parameters: {weight: 1, density: 0.5}}
                """.formatted(DEMO));
        Path merged = folder.resolve("merged");

        CommandRun preview = CommandRun.of("merge", recipe, merged, "--dry-run", "--json");
        boolean written = Files.exists(merged);
        CommandRun merge = CommandRun.of("merge", recipe, merged, "--json");
        CommandRun inspect = CommandRun.of("inspect", merged, "--json");
        Path items = folder.resolve("items.jsonl");
        CommandRun evaluate = CommandRun.of("evaluate", merged, recipe, "--tasks",
                DEMO.resolve("tasks/arith_en.yaml"), "--items", 5,
                "--json", "--per-item", items);

        assertThat(written).as("a dry run writes nothing").isFalse();
        assertThat(merge.code()).as(merge.err()).isZero();
        assertThat(preview.json().get("bytes_written"))
                .isEqualTo(merge.json().get("bytes_written"));
        assertThat(preview.json().get("bytes_read")).isEqualTo(merge.json().get("bytes_read"));
        assertThat(preview.json().get("tensors")).hasSameSizeAs(inspect.json().get("tensors"));
        assertThat(CommandRun.of("inspect", merged.resolve("mergekit_config.yml")).out())
                .contains("recipe: ties");
        assertThat(merged.resolve("README.md")).content().contains("merge_method: ties");
        assertThat(merge.json().get("method").asText()).isEqualTo("ties");
        assertThat(inspect.json().get("digest")).isEqualTo(merge.json().get("digest"));
        assertThat(inspect.json().get("layers").asInt()).isEqualTo(6);
        JsonNode models = evaluate.json().get("models");
        assertThat(models.get(0).get("items").asInt()).isEqualTo(5);
        assertThat(models.get(0).at("/results/arith_en/acc_stderr").isNumber()).isTrue();
        assertThat(models.get(1).get("results")).as("the recipe scores like the model it builds")
                .isEqualTo(models.get(0).get("results"));
        assertThat(Files.readAllLines(items)).hasSize(10)
                .first()
                .asString()
                .contains("\"loglikelihoods\"");
        assertThat(CommandRun.of("merge", recipe, write("occupied", "")).code())
                .isEqualTo(ExitCode.INPUT);
    }

    @Test
    void aDigestIsMadeWhereItIsAskedFor() throws Exception {
        Path recipe = write("linear.yaml", """
                merge_method: linear
                models: [{model: %s/models/base, parameters: {weight: 1}}]
                """.formatted(DEMO));
        Path plain = folder.resolve("plain");
        Path digested = folder.resolve("digested");

        CommandRun without = CommandRun.of("merge", recipe, plain);
        CommandRun with = CommandRun.of("merge", recipe, digested, "--digest");

        String digest = CommandRun.of("inspect", plain, "--json").json().get("digest").asText();
        assertThat(without.out()).doesNotContain("digest");
        assertThat(plain.resolve("README.md")).content()
                .contains("| recipe |")
                .doesNotContain("| weights |");
        assertThat(with.out()).contains("digest " + digest);
        assertThat(digested.resolve("README.md")).content()
                .contains("| weights | `" + digest + "` |");
    }

    /** A copy of a demo model whose embedding and tokenizer have one token more. */
    private Path withOneTokenMore(String name, String token) throws Exception {
        Path recipe = write("more.yaml", """
                merge_method: linear
                models: [{model: %s/models/%s, parameters: {weight: 1}}]
                tokenizer: {source: base, tokens: {"%s": {source: {kind: zero}}}}
                """.formatted(DEMO, name, token));
        Path out = folder.resolve(name);
        CommandRun merge = CommandRun.of("merge", recipe, out);
        assertThat(merge.code()).as(merge.err()).isZero();
        return out;
    }

    @Test
    void modelsWithDifferentVocabulariesNeedTokenizerSettings() throws Exception {
        Path math = withOneTokenMore("math-en", "<a>");
        Path chat = withOneTokenMore("chat-ja", "<b>");
        String models = """
                merge_method: linear
                models:
                - {model: %s, parameters: {weight: 1}}
                - {model: %s, parameters: {weight: 1}}
                """.formatted(math, chat);
        Path merged = folder.resolve("merged");

        CommandRun refused = CommandRun.of("merge", write("none.yaml", models), merged);
        assertThat(refused.code()).isEqualTo(ExitCode.INPUT);
        assertThat(refused.err()).contains("the id 722 stands for '<a>' and for '<b>'",
                "tokenizer_source: union");
        assertThat(merged).doesNotExist();

        Path recipe = write("union.yaml", models + "chat_template: chatml\n"
                + "tokenizer: {source: union, pad_to_multiple_of: 64}\n");
        CommandRun united = CommandRun.of("merge", recipe, merged);
        assertThat(united.code()).as(united.err()).isZero();
        JsonNode config = new ObjectMapper()
                .readTree(merged.resolve("config.json").toFile());
        assertThat(config.get("vocab_size").asInt()).isEqualTo(768);
        assertThat(merged.resolve("chat_template.jinja")).content().contains("<|im_start|>");
        assertThat(merged.resolve("tokenizer.json")).content().contains("<a>", "<b>");

        CommandRun evaluate = CommandRun.of("evaluate", merged, recipe, "--tasks",
                DEMO.resolve("tasks/arith_en.yaml"), "--items", 3, "--json");
        assertThat(evaluate.code()).as(evaluate.err()).isZero();
        JsonNode scores = evaluate.json().get("models");
        assertThat(scores.get(1).get("results")).isEqualTo(scores.get(0).get("results"));
    }

    @Test
    void aMixtureOfExpertsIsMergedInspectedAndEvaluated() throws Exception {
        Path golden = Path.of("../evaluator/src/test/resources/golden/architectures");
        Path model = Files.createDirectories(folder.resolve("experts"));
        for (String name : new String[]{"qwen2_moe/model/config.json",
            "qwen2_moe/model/model.safetensors", "llama/model/tokenizer.json",
            "llama/model/tokenizer_config.json"}) {
            Path file = golden.resolve(name);
            Files.copy(file, model.resolve(file.getFileName().toString()));
        }
        Path recipe = write("recipe.yaml", """
                merge_method: linear
                models:
                - {model: %1$s, parameters: {weight: 0.5}}
                - {model: %2$s/qwen2_moe/model, parameters: {weight: 0.5}}
                """.formatted(model, golden));
        Path merged = folder.resolve("merged");

        CommandRun merge = CommandRun.of("merge", recipe, merged, "--json");
        CommandRun inspect = CommandRun.of("inspect", merged, "--json");
        CommandRun evaluate = CommandRun.of("evaluate", model, merged, "--tasks",
                DEMO.resolve("tasks/arith_en.yaml"), DEMO.resolve("tasks/arith_en_gen.yaml"),
                "--items", 5, "--json");

        assertThat(merge.code()).as(merge.err()).isZero();
        assertThat(inspect.json().get("architecture").asText()).isEqualTo("Qwen2MoeForCausalLM");
        assertThat(inspect.json().get("tensors").toString())
                .contains("model.layers.2.mlp.experts.3.down_proj.weight");
        assertThat(evaluate.code()).as(evaluate.err()).isZero();
        JsonNode models = evaluate.json().get("models");
        assertThat(models.get(0).at("/results/arith_en/acc").isNumber()).isTrue();
        assertThat(models.get(1).get("results")).as("half of it and half of it is all of it")
                .isEqualTo(models.get(0).get("results"));
    }

    @Test
    void statusOfACampaignIsTheDocumentScriptsRelyOn() throws Exception {
        Path campaign = write("small.yaml", SmallCampaign.YAML.replace("models/", DEMO + "/models/")
                .replace("tasks/", DEMO + "/tasks/")
                .replace("evaluations: 20", "evaluations: 6"));
        Path directory = folder.resolve("campaign");

        CommandRun run = CommandRun.of("run", campaign, "--dir", directory, "--quiet");
        CommandRun again = CommandRun.of("run", campaign, "--dir", directory, "--quiet");
        CommandRun resumed = CommandRun.of("resume", directory, "--quiet");
        JsonNode status = CommandRun.of("status", directory, "--json").json();

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).contains("winner (candidate ", "parent:math-en", "held-out");
        assertThat(again.out()).isEqualTo(run.out());
        assertThat(resumed.out()).isEqualTo(run.out());
        assertThat(status.fieldNames()).toIterable()
                .contains("campaign", "state", "evaluations", "failed", "generation",
                        "hypervolume", "seed", "archive", "winner", "baselines");
        assertThat(status.get("evaluations").asInt()).isEqualTo(6);
        assertThat(CommandRun.of("report", directory).code()).isZero();
        Path onnx = folder.resolve("onnx");
        CommandRun exported = CommandRun.of("export", directory, "--out", onnx, "--format", "onnx");
        assertThat(exported.code()).as(exported.err()).isZero();
        assertThat(onnx.toFile().list()).contains("model.onnx", "model.onnx_data", "config.json",
                "tokenizer.json", "mergekit_config.yml", "README.md");
        CommandRun unknown = CommandRun.of("export", directory, "--out", folder.resolve("y"),
                "--format", "onx");
        assertThat(unknown.code()).isEqualTo(ExitCode.INPUT);
        assertThat(unknown.err()).contains("Did you mean 'onnx'?");
        assertThat(CommandRun.of("export", directory, "--out", folder.resolve("x"), "--candidate",
                "best:fame").err())
                .contains("best:OBJECTIVE with one of [know, arith, order]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            objectives:   | objectivs:                | Did you mean 'objectives'?
            models/base   | models/bass               | bass
            [dare_ties]   | [dare_tise]               | Did you mean 'dare_ties'?
            metric: acc}  | metric: akk}              | akk
            nsga2         | nsga4                     | nsga4
            population: 8 | population: many          | population
            population: 8 | populaton: 8              | Did you mean 'population'?
            know_ja.yaml  | no_such.yaml              | no_such.yaml
            mean: [know   | mean: [knew               | Did you mean 'know'?
            name: small   | name: ../up               | cannot name a folder
            """)
    void aBrokenCampaignEndsWithOneLineAndCodeTwo(String from, String to, String message)
            throws Exception {
        Path campaign = write("broken.yaml", SmallCampaign.YAML.replace(from.strip(), to.strip())
                .replace("models/", DEMO + "/models/")
                .replace(" tasks/", " " + DEMO + "/tasks/")
                .replace("[tasks/", "[" + DEMO + "/tasks/"));
        Path directory = folder.resolve("campaign");

        CommandRun run = CommandRun.of("run", campaign, "--dir", directory);

        assertThat(run.code()).as(run.err()).isEqualTo(ExitCode.INPUT);
        assertThat(run.err().lines()).as("one line").hasSize(1);
        assertThat(run.err()).contains(message.strip()).doesNotContain("\tat ");
        assertThat(run.out()).isEmpty();
        assertThat(Files.exists(directory)).as("nothing half-written").isFalse();
    }

    @Test
    void severalModelsAreCompared() throws Exception {
        CommandRun compared = CommandRun.of("inspect", DEMO.resolve("models/base"),
                DEMO.resolve("models/math-en"),
                DEMO.resolve("models/chat-ja"), "--json");

        assertThat(compared.code()).as(compared.err()).isZero();
        JsonNode all = compared.json().get("groups").get(7);
        assertThat(all.get("name").asText()).isEqualTo("all");
        assertThat(all.at("/delta_cosines/0/1").asDouble()).isBetween(-.5, .5);
        assertThat(compared.json().get("tensors").findValuesAsText("name"))
                .contains("model.layers.5.mlp.down_proj.weight");
        assertThat(compared.json().get("overlaps").isArray()).isTrue();
        CommandRun same = CommandRun.of("inspect", DEMO.resolve("models/base"),
                DEMO.resolve("models/math-en"),
                DEMO.resolve("models/math-en/."), "--tensors");
        assertThat(same.out()).contains("d1 and d2 are not independent: the cosine is 1.00",
                "model.layers.5.mlp.down_proj.weight");
        assertThat(CommandRun.of("inspect", DEMO.resolve("models/base"), folder.resolve("none"))
                .code())
                .isEqualTo(ExitCode.INPUT);
    }

    @Test
    void badJinjaAndTruncatedWeightsAreNamed() throws Exception {
        Path task = write("task.yaml", Files.readString(DEMO.resolve("tasks/know_ja.yaml"))
                .replace("{{context}}", "{{context")
                .replace("tasks/", DEMO + "/tasks/"));
        byte[] weights = Files.readAllBytes(DEMO.resolve("models/base/model.safetensors"));
        Path model = Files.createDirectories(folder.resolve("model"));
        for (String name : new String[]{"config.json", "tokenizer.json", "tokenizer_config.json"}) {
            Files.copy(DEMO.resolve("models/base").resolve(name), model.resolve(name));
        }
        Files.write(model.resolve("model.safetensors"),
                Arrays.copyOf(weights, weights.length - 100));

        CommandRun jinja = CommandRun.of("evaluate", DEMO.resolve("models/base"), "--tasks", task);
        CommandRun truncated = CommandRun.of("inspect", model);

        assertThat(jinja.code()).isEqualTo(ExitCode.INPUT);
        assertThat(jinja.err()).contains("task.yaml", "doc_to_text");
        assertThat(truncated.code()).isEqualTo(ExitCode.INPUT);
        assertThat(truncated.err()).contains("model.safetensors");
    }

    @Test
    void wrongOptionsAreExplained() {
        assertThat(CommandRun.of("run", "x.yaml", "--device", "cuda:0").code())
                .isEqualTo(ExitCode.INPUT);
        assertThat(CommandRun.of("methods", "tise").err()).contains("Did you mean 'ties'?");
        assertThat(CommandRun.of("mrege").code()).isEqualTo(ExitCode.INPUT);
        assertThat(CommandRun.of("run", "x.yaml", "--wrokers", "2").err().lines()).singleElement()
                .asString()
                .contains("--wrokers", "--workers", "mendel run --help");
        assertThat(CommandRun.of("merge", "x.yaml").err().lines()).singleElement()
                .asString()
                .contains("OUT", "mendel merge --help");
        assertThat(CommandRun.of("status", folder).code()).isEqualTo(ExitCode.INPUT);
        assertThat(CommandRun.of("doctor", "--json").code()).isZero();
        assertThat(CommandRun.of("methods", "--json").out()).contains("\"needs_base\" : true",
                "\"notes\" : \"");
    }

    @Test
    void methodsAreListedWithDefaultsAndRanges() {
        String list = CommandRun.of("methods").out();
        assertThat(list.lines().filter(line -> line.matches("[a-z_]+"))).hasSize(26);
        assertThat(list).containsPattern("epsilon +model +default 0.15 +0 to 0.5 ")
                .containsPattern("filter_wise +global +default false +true or false ")
                .containsPattern("weight +model +required +-100 to 100 ");
        assertThat(CommandRun.of("methods", "breadcrumbs").out()).contains("Notes: Where gamma")
                .containsPattern("scope +global +default tensor +tensor.row ");
    }

    @Test
    void searchBenchHoldsAlgorithmsAgainstBars() throws Exception {
        var good = CommandRun.of("bench", "search", "--problem", "sphere-16", "--algorithm",
                "cma_es",
                "--seeds", 5, "--json");
        assertThat(good.code()).isZero();
        JsonNode row = good.json().at("/rows/0");
        assertThat(row.at("/median").asDouble()).isLessThan(row.at("/bar").asDouble());

        var bad = CommandRun.of("bench", "search", "--problem", "merge-16", "--algorithm", "random",
                "--seeds", 3);
        assertThat(bad.code()).isEqualTo(1);
        assertThat(bad.out()).contains("MISSED");

        assertThat(CommandRun.of("bench", "search", "--problem", "zdt5").err()).contains("zdt1");
        assertThat(CommandRun.of("bench", "search", "--algorithm", "nsga4").code()).isEqualTo(2);
    }
}
