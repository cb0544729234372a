package io.mendel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.campaign.SmallCampaign;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Merges of a model in whose layers 2 and 5 there is a NaN. */
class DamagedModelTest {

    private static final Path MODELS = SmallCampaign.DEMO.resolve("models");
    private static final String FIRST = "element 7 of 'model.layers.2.mlp.up_proj.weight' is NaN";

    @TempDir
    private Path folder;
    private Path damaged = Path.of("");

    @BeforeEach
    void damage() throws IOException {
        damaged = Files.createDirectory(folder.resolve("damaged"));
        try (var files = Files.list(MODELS.resolve("math-en"))) {
            for (Path file : files.toList()) {
                Files.copy(file, damaged.resolve(file.getFileName()));
            }
        }
        try (var file = new RandomAccessFile(damaged.resolve("model.safetensors").toFile(),
                "rw")) {
            byte[] header = new byte[(int) Long.reverseBytes(file.readLong())];
            file.readFully(header);
            var json = new ObjectMapper().readTree(new String(header, StandardCharsets.UTF_8));
            for (String tensor : new String[]{"model.layers.2.mlp.up_proj.weight",
                "model.layers.5.self_attn.q_proj.weight"}) {
                long begin = json.get(tensor).get("data_offsets").get(0).asLong();
                file.seek(8 + header.length + begin + 2 * 7);
                file.write(new byte[]{(byte) 0xc0, 0x7f});
            }
        }
    }

    private Path recipe(String text) throws IOException {
        return Files.writeString(folder.resolve("recipe.yaml"),
                text.replace("MODELS", MODELS.toString()).replace("DAMAGED", damaged.toString()));
    }

    @RepeatedTest(3)
    void theFirstNaNIsNamedWhicheverThreadFindsOne() throws IOException {
        Path recipe = recipe("""
                merge_method: linear
                models:
                  - {model: MODELS/base, parameters: {weight: 1}}
                  - {model: DAMAGED, parameters: {weight: 1}}
                """);
        Path out = folder.resolve("out");
        for (String more : new String[]{"--threads=2", "--dry-run", "--format=onnx"}) {
            CommandRun run = CommandRun.of("merge", recipe, out, more);
            assertThat(run.code()).as(more).isEqualTo(ExitCode.INPUT);
            assertThat(run.err()).as(more).contains(damaged.toString(), FIRST).hasLineCount(1);
            try (var left = Files.list(folder)) {
                assertThat(left).as(more).containsExactlyInAnyOrder(damaged, recipe);
            }
        }
    }

    @Test
    void healthyLayersOfItCanBeUsed() throws IOException {
        Path recipe = recipe("""
                merge_method: passthrough
                slices:
                  - sources: [{model: MODELS/base, layer_range: [0, 3]}]
                  - sources: [{model: DAMAGED, layer_range: [3, 5]}]
                  - sources: [{model: MODELS/base, layer_range: [5, 6]}]
                """);
        for (String more : new String[]{"--dry-run", "--threads=2"}) {
            CommandRun run = CommandRun.of("merge", recipe, folder.resolve("out"), more);
            assertThat(run.code()).as(run.err()).isZero();
        }
    }
}
