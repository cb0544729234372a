package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that the unusual but valid checkpoints of {@code golden/bad} compute, and that bad tokenizers are refused. */
class GoldenHostileInputTest {

    private static final Path FOLDER = GoldenFolder.ROOT.resolve("bad");

    private static Stream<JsonNode> entries(Predicate<JsonNode> wanted) throws Exception {
        List<JsonNode> entries = new ArrayList<>();
        GoldenFolder.json(FOLDER.resolve("index.json")).forEach(entries::add);
        return entries.stream().filter(wanted);
    }

    static Stream<JsonNode> loadable() throws Exception {
        return entries(entry -> entry.get("level").asText().equals("checkpoint")
                && entry.get("expect").asText().equals("load") && entry.has("logits"));
    }

    static Stream<JsonNode> tokenizers() throws Exception {
        return entries(entry -> entry.get("level").asText().equals("tokenizer")
                && entry.get("expect").asText().equals("reject"));
    }

    @ParameterizedTest
    @MethodSource("loadable")
    void unusualButValidCheckpointsGiveTheExpectedLogits(JsonNode entry) throws Exception {
        assertLogits(entry.get("id").asText(), entry.get("logits").asText(),
                entry.path("atol").asDouble(1e-4));
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void brokenTokenizersAreRefusedButTheModelRuns(JsonNode entry) throws Exception {
        String id = entry.get("id").asText();
        assertThatThrownBy(() -> Tokenizer.open(FOLDER.resolve(id)).close())
                .isInstanceOfSatisfying(CheckpointException.class, e -> {
                    assertThat(e.kind()).isEqualTo(CheckpointException.Kind.TOKENIZER);
                    assertThat(e).hasMessageContaining("tokenizer.json");
                });
        assertLogits(id, "logits", 1e-4);
    }

    private static void assertLogits(String id, String key, double tolerance) throws Exception {
        GoldenTensors expected = new GoldenTensors(FOLDER.resolve("base_expected.safetensors"));
        int[] shape = expected.shape("input_ids");
        int width = shape[shape.length - 1];
        int rows = expected.longs("input_ids").length / width;
        long[] positions = IntStream.range(0, rows * width).mapToLong(i -> i % width).toArray();
        long[] attended = new long[rows * width];
        Arrays.fill(attended, 1);
        try (Checkpoint checkpoint = Checkpoint.open(FOLDER.resolve(id))) {
            ForwardPass pass = ForwardPass.run(CheckpointModel.of(checkpoint),
                    ForwardPass.Style.SCORING, rows, width,
                    expected.longs("input_ids"), positions, attended);
            float[] wanted = expected.floats(key);
            assertThat(pass.logits()).hasSameSizeAs(wanted);
            double worst = IntStream.range(0, wanted.length)
                    .mapToDouble(i -> Math.abs(wanted[i] - pass.logits()[i]))
                    .max()
                    .orElseThrow();
            assertThat(worst).isLessThanOrEqualTo(tolerance);
        }
    }
}
