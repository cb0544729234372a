package io.mendel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.campaign.SmallCampaign;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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

    private record Run(int code, String out, String err) {
        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(out);
        }
    }

    private static Run mendel(Object... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8), false);
        String[] words = Arrays.stream(args).map(Object::toString).toArray(String[]::new);
        int code = Mendel.commandLine(terminal).execute(words);
        return new Run(code, out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }

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
        Run made = mendel("bundle", recipe("consensus", "mask_lambda: 0.4", "math-en", "chat-ja"),
                bundle, "--json");
        assertThat(made.code()).as(made.err()).isZero();
        Path restored = folder.resolve("restored");
        Run run = mendel("restore", bundle, "math-en", restored, "--json");
        assertThat(run.code()).as(run.err()).isZero();
        Run inspect = mendel("inspect", restored, "--json");
        assertThat(inspect.json().get("digest")).isEqualTo(run.json().get("digest"));
        Run scored = mendel("evaluate", restored, "--tasks", TASK, "--items", 3, "--json");
        assertThat(scored.code()).as(scored.err()).isZero();

        Run unknown = mendel("restore", bundle, "math-fr", folder.resolve("none"));
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("math-fr", "math-en");
        assertThat(folder.resolve("none")).doesNotExist();
        Run noBundle = mendel("restore", MODELS.resolve("base"), "x", folder.resolve("none"));
        assertThat(noBundle.code()).isEqualTo(2);
        Run other = mendel("bundle", recipe("ties", "weight: 1", "math-en"),
                folder.resolve("none"));
        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("consensus");
    }

    @Test
    void aSoupIsCookedAndWritten() throws Exception {
        Path soup = folder.resolve("soup");
        Run run = mendel("soup", MODELS.resolve("math-en"), MODELS.resolve("sort-en"), "--tasks",
                TASK, soup, "--items", 5, "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("ingredients")).isNotEmpty();
        assertThat(run.json().get("trace")).hasSize(1);
        Run again = mendel("merge", soup.resolve("mergekit_config.yml"), folder.resolve("again"),
                "--json");
        assertThat(again.code()).as(again.err()).isZero();
        assertThat(mendel("inspect", soup, "--json").json().get("digest"))
                .isEqualTo(again.json().get("digest"));
        Run table = mendel("soup", MODELS.resolve("math-en"), folder.resolve("soup2"), "--tasks",
                TASK, "--items", 5, "--metric", "acc");
        assertThat(table.code()).as(table.err()).isZero();
        assertThat(table.out()).contains("alone", "added", "1 of 1 models");
        Run none = mendel("soup", folder.resolve("only"), "--tasks", TASK);
        assertThat(none.code()).isEqualTo(2);
    }

    @Test
    void templatesPrintRecipesThatMerge() throws Exception {
        Run swap = mendel("recipe", "layer-swap", MODELS.resolve("chat-ja"),
                MODELS.resolve("math-en"), "--bottom", 1, "--top", 1, "--top-transition", 1);
        assertThat(swap.code()).as(swap.err()).isZero();
        Run merge = mendel("merge", Files.writeString(folder.resolve("swap.yaml"), swap.out()),
                folder.resolve("swapped"));
        assertThat(merge.code()).as(merge.err()).isZero();
        Run chat = mendel("recipe", "chat-vector", MODELS.resolve("base"),
                MODELS.resolve("chat-ja"), MODELS.resolve("math-en"), "--alpha", "0.5",
                "--without-vocabulary");
        assertThat(mendel("merge", Files.writeString(folder.resolve("chat.yaml"), chat.out()),
                folder.resolve("chat")).code()).isZero();
        Run slerp = mendel("recipe", "domain-slerp", MODELS.resolve("chat-ja"),
                MODELS.resolve("math-en"));
        assertThat(mendel("merge", Files.writeString(folder.resolve("slerp.yaml"), slerp.out()),
                folder.resolve("slerp")).code()).isZero();
        Run wrong = mendel("recipe", "layer-swap", "a", "b", "--layers", 4, "--bottom", 3, "--top",
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

        Run noRange = mendel("recipe", "frankenmerge", base);
        assertThat(noRange.code()).isEqualTo(2);
        assertThat(noRange.err()).contains("START-END");
        Run tooMany = mendel("recipe", "prune", base, "--drop", "0-6");
        assertThat(tooMany.code()).isEqualTo(2);
        assertThat(tooMany.err()).contains("leave at least one");
        assertThat(mendel("recipe", "depth-upscale", base, "--drop", 6).code()).isEqualTo(2);
        assertThat(mendel("recipe", "prune", "nobody", "--layers", 9, "--drop", "3-3").code())
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
        Run merge = mendel("merge", yaml, out, "--format", "onnx", "--json");
        assertThat(merge.code()).as(merge.err()).isZero();
        assertThat(out.toFile().list()).contains("model.onnx", "model.onnx_data", "config.json",
                "tokenizer.json", "README.md");
        long data = Files.size(out.resolve("model.onnx_data"));
        long weights = Files.size(MODELS.resolve("base/model.safetensors"));
        assertThat(data).as("repeated layers are stored once")
                .isBetween(weights * 9 / 10,
                        weights * 11 / 10 + 100 * 4096);
        Run again = mendel("merge", yaml, out, "--format", "onnx");
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err()).contains("not empty");

        Path gemma = Path.of("../evaluator/src/test/resources/golden/architectures/gemma2/model");
        Path other = Files.writeString(folder.resolve("gemma.yaml"),
                "merge_method: passthrough\nmodels: [{model: " + gemma + "}]\n");
        Run refused = mendel("merge", other, folder.resolve("gemma"), "--format", "onnx");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("gemma2", "Supported are");
        assertThat(folder.resolve("gemma")).doesNotExist();
    }

    private void expectLayers(int layers, Object... template) throws Exception {
        Object[] words = Stream.concat(Stream.of("recipe"), Arrays.stream(template)).toArray();
        Run printed = mendel(words);
        assertThat(printed.code()).as(printed.err()).isZero();
        Path out = folder.resolve("stack-" + Math.abs(Arrays.hashCode(template)));
        Run merge = mendel("merge", Files.writeString(folder.resolve(out.getFileName() + ".yaml"),
                printed.out()), out);
        assertThat(merge.code()).as(merge.err()).isZero();
        assertThat(mendel("inspect", out, "--json").json().get("layers").asInt())
                .isEqualTo(layers);
    }

    @Test
    void aSequentialMergeSaysHowToGoOn() throws Exception {
        Run run = mendel("merge", recipe("opcm", "alpha: 0.5", "math-en", "chat-ja"),
                folder.resolve("merged"), "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("accumulated_scale").asDouble()).isBetween(0.5, 2.5);
    }

    @Test
    void methodsShowTheWordsOfChoices() throws Exception {
        assertThat(mendel("methods", "pcb").out()).contains("release|pairwise|paper",
                "default release", "arxiv.org/abs/2410.02396");
        assertThat(mendel("methods", "--json").code()).isZero();
    }
}
