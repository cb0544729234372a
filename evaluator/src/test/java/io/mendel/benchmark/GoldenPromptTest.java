package io.mendel.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Request texts of lm-evaluation-harness; golden/lm_eval.json names its version. */
class GoldenPromptTest {

    static final Path DEMO = Path.of("../optimizer/demo");

    static JsonNode golden() throws IOException {
        Path folder = Path.of(System.getProperty("golden.dir", "src/test/resources/golden"));
        return new ObjectMapper().readTree(folder.resolve("lm_eval.json").toFile());
    }

    static Task demoTask(String name) throws TaskException {
        return TaskLoader.load(DEMO.resolve("tasks").resolve(name + ".yaml"), List.of(DEMO));
    }

    @ParameterizedTest
    @ValueSource(strings = {"know_ja", "arith_en", "order_en", "arith_ja", "arith_en_gen",
        "order_en_fewshot", "know_ja_rolling"})
    void requestTextsAreEqual(String name) throws Exception {
        Task task = demoTask(name);
        List<Item> items = task.items(task.evaluatedSplit());
        JsonNode samples = golden().get("models").get("base").get("samples").get(name);
        assertThat(samples.size()).isPositive();
        for (JsonNode sample : samples) {
            List<List<String>> expected = sample.get("args")
                    .valueStream()
                    .map(args -> args.valueStream()
                            .filter(JsonNode::isTextual)
                            .map(JsonNode::asText)
                            .toList())
                    .toList();
            List<List<String>> actual = items.get(sample.get("doc_id").asInt())
                    .requests()
                    .stream()
                    .map(request -> switch (request) {
                        case Request.Continuation(String context, String continuation) ->
                            List.of(context, continuation);
                        case Request.Rolling(String text) -> List.of(text);
                        case Request.Generation(String context) -> List.of(context);
                    })
                    .toList();
            assertThat(actual).isEqualTo(expected);
        }
    }
}
