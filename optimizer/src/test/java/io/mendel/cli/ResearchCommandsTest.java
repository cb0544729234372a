package io.mendel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.campaign.SmallCampaign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles, soups, templates and sequential merges from the command line. */
class ResearchCommandsTest {

    private static final Path MODELS = SmallCampaign.DEMO.resolve("models");
    private static final Path TASK = SmallCampaign.DEMO.resolve("tasks/arith_en.yaml");

    @TempDir
    private Path folder;

    private Path recipe(String method, String parameters, String... models) throws IOException {
        var text = new StringBuilder("merge_method: " + method + "\nbase_model: "
                + MODELS.resolve("base") + "\nmodels:\n");
        for (String model : models) {
            text.append("- {model: ").append(MODELS.resolve(model)).append("}\n");
        }
        return Files.writeString(Files.createTempFile(folder, method, ".yaml"),
                text + "parameters: {" + parameters + "}\n");
    }

    @Test
    void aBundleGivesBackModelsThatRun() throws Exception {
        Path bundle = folder.resolve("bundle");
        CommandRun made = CommandRun.of("bundle",
                recipe("consensus", "mask_lambda: 0.4", "math-en", "chat-ja"),
                bundle, "--json");
        assertThat(made.code()).as(made.err()).isZero();
        Path restored = folder.resolve("restored");
        CommandRun run = CommandRun.of("restore", bundle, "math-en", restored, "--json");
        assertThat(run.code()).as(run.err()).isZero();
        CommandRun inspect = CommandRun.of("inspect", restored, "--json");
        assertThat(inspect.json().get("digest")).isEqualTo(run.json().get("digest"));
        CommandRun scored = CommandRun.of("evaluate", restored, "--tasks", TASK, "--items", 3,
                "--json");
        assertThat(scored.code()).as(scored.err()).isZero();

        CommandRun unknown = CommandRun.of("restore", bundle, "math-fr", folder.resolve("none"));
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("math-fr", "math-en");
        assertThat(folder.resolve("none")).doesNotExist();
        CommandRun noBundle = CommandRun.of("restore", MODELS.resolve("base"), "x",
                folder.resolve("none"));
        assertThat(noBundle.code()).isEqualTo(2);
        CommandRun other = CommandRun.of("bundle", recipe("ties", "weight: 1", "math-en"),
                folder.resolve("none"));
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("consensus");
    }

    @Test
    void aSoupIsCookedAndWritten() throws Exception {
        Path soup = folder.resolve("soup");
        CommandRun run = CommandRun.of("soup", MODELS.resolve("math-en"), MODELS.resolve("sort-en"),
                "--tasks",
                TASK, soup, "--items", 5, "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("ingredients")).isNotEmpty();
        assertThat(run.json().get("trace")).hasSize(1);
        CommandRun again = CommandRun.of("merge", soup.resolve("mergekit_config.yml"),
                folder.resolve("again"),
                "--json");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(CommandRun.of("inspect", soup, "--json").json().get("digest"))
                .isEqualTo(again.json().get("digest"));
        CommandRun table = CommandRun.of("soup", MODELS.resolve("math-en"), folder.resolve("soup2"),
                "--tasks",
                TASK, "--items", 5, "--metric", "acc");
        assertThat(table.code()).as(table.err()).isZero();
        assertThat(table.out()).contains("alone", "added", "1 of 1 models");
        CommandRun none = CommandRun.of("soup", folder.resolve("only"), "--tasks", TASK);
        assertThat(none.code()).isEqualTo(2);
    }

    @Test
    void templatesPrintRecipesThatMerge() throws Exception {
        CommandRun swap = CommandRun.of("recipe", "layer-swap", MODELS.resolve("chat-ja"),
                MODELS.resolve("math-en"), "--bottom", 1, "--top", 1, "--top-transition", 1);
        assertThat(swap.code()).as(swap.err()).isZero();
        CommandRun merge = CommandRun.of("merge",
                Files.writeString(folder.resolve("swap.yaml"), swap.out()),
                folder.resolve("swapped"));
        assertThat(merge.code()).as(merge.err()).isZero();
        CommandRun chat = CommandRun.of("recipe", "chat-vector", MODELS.resolve("base"),
                MODELS.resolve("chat-ja"), MODELS.resolve("math-en"), "--alpha", "0.5",
                "--without-vocabulary");
        assertThat(
                CommandRun.of("merge", Files.writeString(folder.resolve("chat.yaml"), chat.out()),
                        folder.resolve("chat")).code())
                .isZero();
        CommandRun slerp = CommandRun.of("recipe", "domain-slerp", MODELS.resolve("chat-ja"),
                MODELS.resolve("math-en"));
        assertThat(
                CommandRun.of("merge", Files.writeString(folder.resolve("slerp.yaml"), slerp.out()),
                        folder.resolve("slerp")).code())
                .isZero();
        CommandRun wrong = CommandRun.of("recipe", "layer-swap", "a", "b", "--layers", 4,
                "--bottom", 3, "--top",
                2);
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("fit into 4 layers");
    }

    @Test
    void stacksOfLayersPrintRecipesThatMergeAndRun() throws Exception {
        Path base = MODELS.resolve("base");
        Path math = MODELS.resolve("math-en");
        expectLayers(10, "depth-upscale", base, "--drop", 1);
        expectLayers(5, "prune", base, "--drop", "1-2");
        expectLayers(4, "prune", base, "--drop", "0-1", "--drop", "2-3");
        expectLayers(7, "frankenmerge", base + ":0-3", math + ":1-2", base + ":1-4");
        expectLayers(10, "frankenmerge", base, math, "--window", 2, "--stride", 1);

        CommandRun noRange = CommandRun.of("recipe", "frankenmerge", base);
        assertThat(noRange.code()).isEqualTo(2);
        assertThat(noRange.err()).contains("START-END");
        CommandRun tooMany = CommandRun.of("recipe", "prune", base, "--drop", "0-6");
        assertThat(tooMany.code()).isEqualTo(2);
        assertThat(tooMany.err()).contains("leave at least one");
        assertThat(CommandRun.of("recipe", "depth-upscale", base, "--drop", 6).code()).isEqualTo(2);
        assertThat(
                CommandRun.of("recipe", "prune", "nobody", "--layers", 9, "--drop", "3-3").code())
                .isEqualTo(2);
    }

    @Test
    void aMergeIsWrittenAsAnOnnxModel() throws Exception {
        Path yaml = Files.writeString(folder.resolve("path.yaml"), """
                merge_method: passthrough
                slices:
                - sources: [{model: BASE, layer_range: [0, 6]}]
                - sources: [{model: BASE, layer_range: [2, 4]}]
                mendel: {scales: [1, 1, 1, 0.9, 0.8, 1.2, 1.1, 0.7]}
                """.replace("BASE", MODELS.resolve("base").toString()));
        Path out = folder.resolve("onnx");
        CommandRun merge = CommandRun.of("merge", yaml, out, "--format", "onnx", "--json");
        assertThat(merge.code()).as(merge.err()).isZero();
        assertThat(out.toFile().list()).contains("model.onnx", "model.onnx_data", "config.json",
                "tokenizer.json", "README.md");
        long data = Files.size(out.resolve("model.onnx_data"));
        long weights = Files.size(MODELS.resolve("base/model.safetensors"));
        assertThat(data).as("repeated layers are stored once")
                .isBetween(weights * 9 / 10,
                        weights * 11 / 10 + 100 * 4096);
        CommandRun again = CommandRun.of("merge", yaml, out, "--format", "onnx");
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("not empty");

        Path gemma = Path.of("../evaluator/src/test/resources/golden/architectures/gemma2/model");
        Path other = Files.writeString(folder.resolve("gemma.yaml"),
                "merge_method: passthrough\nmodels: [{model: " + gemma + "}]\n");
        CommandRun refused = CommandRun.of("merge", other, folder.resolve("gemma"), "--format",
                "onnx");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("gemma2", "Supported are");
        assertThat(folder.resolve("gemma")).doesNotExist();
    }

    private void expectLayers(int layers, Object... template) throws Exception {
        Object[] words = Stream.concat(Stream.of("recipe"), Arrays.stream(template)).toArray();
        CommandRun printed = CommandRun.of(words);
        assertThat(printed.code()).as(printed.err()).isZero();
        Path out = folder.resolve("stack-" + Math.abs(Arrays.hashCode(template)));
        CommandRun merge = CommandRun.of("merge",
                Files.writeString(folder.resolve(out.getFileName() + ".yaml"),
                        printed.out()),
                out);
        assertThat(merge.code()).as(merge.err()).isZero();
        assertThat(CommandRun.of("inspect", out, "--json").json().get("layers").asInt())
                .isEqualTo(layers);
    }

    @Test
    void aSequentialMergeSaysHowToGoOn() throws Exception {
        CommandRun run = CommandRun.of("merge", recipe("opcm", "alpha: 0.5", "math-en", "chat-ja"),
                folder.resolve("merged"), "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("accumulated_scale").asDouble()).isBetween(0.5, 2.5);
    }

    @Test
    void methodsShowTheWordsOfChoices() throws Exception {
        assertThat(CommandRun.of("methods", "pcb").out()).contains("release|pairwise|paper",
                "default release", "arxiv.org/abs/2410.02396");
        assertThat(CommandRun.of("methods", "--json").code()).isZero();
    }
}
