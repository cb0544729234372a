package io.mendel.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Prompts, filters, metrics and aggregates of many task files with made-up model answers, against the harness itself:
 * src/test/resources/benchmark/harness.json, which names its origin.
 */
class HarnessTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    static Stream<Arguments> cases() throws IOException {
        JsonNode golden = JSON
                .readTree(Path.of("src/test/resources/benchmark/harness.json").toFile());
        return golden.get("cases")
                .valueStream()
                .map(c -> Arguments.of(c.get("name").asText(), c,
                        golden.get("data").get(c.get("data").asText())));
    }

    private Task task(JsonNode golden, JsonNode data) throws IOException, TaskException {
        ObjectNode config = golden.get("config").deepCopy();
        ObjectNode files = config.putObject("dataset_kwargs").putObject("data_files");
        for (Map.Entry<String, JsonNode> split : data.properties()) {
            List<String> lines = split.getValue().valueStream().map(JsonNode::toString).toList();
            Files.write(folder.resolve(split.getKey() + ".jsonl"), lines);
            files.put(split.getKey(), split.getKey() + ".jsonl");
        }
        Files.writeString(folder.resolve("task.yaml"), config.toString());
        return TaskLoader.load(folder.resolve("task.yaml"), List.of());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void promptsAndScoresEqualTheHarness(String name, JsonNode golden, JsonNode data)
            throws Exception {
        Task task = task(golden, data);
        assertThat(task.name()).isEqualTo(name);
        List<Item> items = task.items(task.evaluatedSplit());
        assertThat(items).hasSize(golden.get("docs").size());
        var scorer = new ItemScorer(task.config());
        var results = new ArrayList<ItemResult>();
        for (JsonNode doc : golden.get("docs")) {
            Item item = items.get(doc.get("doc_id").asInt());
            assertThat(texts(item)).isEqualTo(doc.get("args")
                    .valueStream()
                    .map(args -> args.valueStream().map(JsonNode::asText).toList())
                    .toList());
            results.add(score(scorer, item, doc.get("responses")));
            compare(results.getLast(), doc);
        }
        compare(golden.get("aggregates"), EvaluationResult.of(Benchmark.of(List.of(task)), results),
                name);
    }

    private static List<List<String>> texts(Item item) {
        return item.requests().stream().map(request -> switch (request) {
            case Request.Continuation(String context, String continuation) ->
                List.of(context, continuation);
            case Request.Rolling(String text) -> List.of(text);
            case Request.Generation(String context) -> List.of(context);
        }).toList();
    }

    private static ItemResult score(ItemScorer scorer, Item item, JsonNode responses) {
        if (responses.get(0).isTextual()) {
            return scorer.generated(item, responses.get(0).asText());
        }
        var logLikelihoods = new ArrayList<Double>();
        var greedy = new ArrayList<Boolean>();
        for (JsonNode response : responses) {
            logLikelihoods
                    .add(response.isArray() ? response.get(0).asDouble() : response.asDouble());
            greedy.add(response.path(1).asBoolean());
        }
        return scorer.likelihoods(item, logLikelihoods, greedy);
    }

    private static void compare(ItemResult result, JsonNode doc) {
        for (Map.Entry<String, JsonNode> filter : doc.get("metrics").properties()) {
            String suffix = filter.getKey().equals("none") ? "" : "," + filter.getKey();
            for (Map.Entry<String, JsonNode> metric : filter.getValue().properties()) {
                assertThat(result.metrics()).containsEntry(metric.getKey() + suffix,
                        metric.getValue().asDouble());
            }
        }
        for (Map.Entry<String, JsonNode> filter : doc.path("filtered").properties()) {
            assertThat(result.filtered()).containsEntry(filter.getKey(),
                    filter.getValue().get(0).asText());
        }
    }

    private static void compare(JsonNode aggregates, EvaluationResult result, String task) {
        assertThat(aggregates.isEmpty()).isFalse();
        for (Map.Entry<String, JsonNode> entry : aggregates.properties()) {
            String[] key = entry.getKey().split(",", 2);
            boolean error = key[0].endsWith("_stderr");
            String metric = (error ? key[0].substring(0, key[0].length() - 7) : key[0])
                    + (key[1].equals("none") ? "" : "," + key[1]);
            OptionalDouble value = error
                    ? result.standardError(task, metric)
                    : OptionalDouble.of(result.score(task, metric));
            if (entry.getValue().isTextual()) {
                assertThat(value).as(entry.getKey()).isEmpty();
            } else if (metric.startsWith("brier")) {
                assertThat(value.orElseThrow()).isCloseTo(entry.getValue().asDouble(),
                        Percentage.withPercentage(1e-12));
            } else {
                assertThat(value.orElseThrow()).as(entry.getKey())
                        .isEqualTo(entry.getValue().asDouble());
            }
        }
    }
}
