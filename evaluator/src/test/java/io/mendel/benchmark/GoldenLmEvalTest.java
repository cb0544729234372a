package io.mendel.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.runtime.CheckpointModel;
import io.mendel.runtime.InferenceEngine;
import io.mendel.runtime.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole evaluations against lm-evaluation-harness on fp32 weights; golden/lm_eval.json names its version.
 *
 * <p>
 * Log-likelihoods agree to 1e-4, perplexities to 1e-6 of their size, everything that is counted is equal.
 */
class GoldenLmEvalTest {

    private static final List<String> TASKS = List.of("know_ja", "arith_en", "order_en", "arith_ja",
            "arith_en_gen", "order_en_fewshot",
            "know_ja_rolling");

    @ParameterizedTest
    @ValueSource(strings = {"base", "math-en", "chat-ja", "sort-en"})
    void evaluationsEqualTheHarness(String model) throws Exception {
        JsonNode golden = GoldenPromptTest.golden().get("models").get(model);
        List<Task> tasks = new ArrayList<>();
        for (String name : TASKS) {
            tasks.add(GoldenPromptTest.demoTask(name));
        }
        Benchmark benchmark = Benchmark.of(tasks);
        try (Checkpoint checkpoint = Checkpoint
                .open(GoldenPromptTest.DEMO.resolve("models").resolve(model));
                Tokenizer tokenizer = Tokenizer.open(checkpoint.directory())) {
            CheckpointModel candidate = CheckpointModel.of(checkpoint);
            try (InferenceEngine engine = InferenceEngine.create(candidate.config(), 2)) {
                var evaluator = new Evaluator(benchmark, engine, tokenizer,
                        candidate.config().maxPositions(), 4096);
                ItemSet items = benchmark.first(200);
                assertThat(evaluator.prepare(items)).isPositive();
                EvaluationResult result = evaluator.evaluate(candidate, items);
                assertThat(result.finite()).isTrue();
                for (String task : TASKS) {
                    compareSamples(golden.get("samples").get(task), result.items(task));
                    compareResults(golden.get("results").get(task), task, result);
                }
            }
        }
    }

    private static void compareSamples(JsonNode samples, List<ItemResult> items) {
        for (JsonNode sample : samples) {
            ItemResult item = items.get(sample.get("doc_id").asInt());
            assertThat(item.docId()).isEqualTo(sample.get("doc_id").asInt());
            String filter = sample.get("filter").asText();
            String suffix = filter.equals("none") ? "" : "," + filter;
            for (String metric : List.of("acc", "acc_norm", "exact_match")) {
                if (sample.has(metric)) {
                    assertThat(item.metrics().get(metric + suffix)).as("%s of %s", metric, item)
                            .isEqualTo(sample.get(metric).asDouble());
                }
            }
            for (int i = 0; i < sample.get("resps").size(); i++) {
                JsonNode response = sample.get("resps").get(i).get(0);
                if (response.isTextual()) {
                    assertThat(item.output()).isEqualTo(response.asText());
                    assertThat(item.filtered()).containsEntry(filter,
                            sample.get("filtered").get(0).asText());
                    continue;
                }
                double logLikelihood = response.isArray()
                        ? response.get(0).asDouble()
                        : response.asDouble();
                assertThat(item.logLikelihoods().get(i)).isCloseTo(logLikelihood, within(1e-4));
                if (response.isArray()) {
                    assertThat(item.greedy().get(i)).isEqualTo(response.get(1).asBoolean());
                }
            }
        }
    }

    private static void compareResults(JsonNode results, String task, EvaluationResult result)
            throws TaskException {
        assertThat(result.items(task)).hasSize(results.get("sample_len").asInt());
        int compared = 0;
        for (Map.Entry<String, JsonNode> entry : results.properties()) {
            String[] key = entry.getKey().split(",", 2);
            if (key.length < 2) {
                continue;
            }
            compared++;
            boolean error = key[0].endsWith("_stderr");
            String metric = (error ? key[0].substring(0, key[0].length() - 7) : key[0])
                    + (key[1].equals("none") ? "" : "," + key[1]);
            OptionalDouble value = error
                    ? result.standardError(task, metric)
                    : OptionalDouble.of(result.score(task, metric));
            if (entry.getValue().isTextual()) {
                assertThat(value).as(entry.getKey()).isEmpty();
            } else if (metric.contains("per_byte") || metric.contains("perplexity")) {
                assertThat(value.orElseThrow()).as(entry.getKey())
                        .isCloseTo(entry.getValue().asDouble(), Percentage.withPercentage(1e-4));
            } else {
                assertThat(value.orElseThrow()).as(entry.getKey())
                        .isEqualTo(entry.getValue().asDouble());
            }
        }
        assertThat(compared).isPositive();
    }
}
