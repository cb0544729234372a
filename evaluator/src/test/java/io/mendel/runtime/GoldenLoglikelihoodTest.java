package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks the demo's models against {@code golden/loglikelihoods.json} (transformers 5.18, fp32, on the same files). */
class GoldenLoglikelihoodTest {

    static Stream<String> models() throws Exception {
        List<String> names = new ArrayList<>();
        golden().fieldNames().forEachRemaining(names::add);
        return names.stream();
    }

    private static JsonNode golden() throws Exception {
        return GoldenFolder.json(GoldenFolder.ROOT.resolve("loglikelihoods.json")).get("models");
    }

    @ParameterizedTest
    @MethodSource("models")
    void loglikelihoodsOfContinuationsEqualThoseOfTransformers(String name) throws Exception {
        Path directory = GoldenFolder.DEMO.resolve("models").resolve(name);
        try (Checkpoint checkpoint = Checkpoint.open(directory);
                Tokenizer tokenizer = Tokenizer.open(directory)) {
            CheckpointModel model = CheckpointModel.of(checkpoint);
            List<ScoredSequence> sequences = new ArrayList<>();
            List<JsonNode> expected = new ArrayList<>();
            for (JsonNode task : golden().get(name).get("loglikelihood")) {
                for (JsonNode item : task) {
                    String context = item.get("context").asText();
                    int[] prefix = tokenizer.encode(context, true);
                    assertThat(prefix).containsExactly(GoldenFolder.ints(item.get("context_ids")));
                    for (JsonNode choice : item.get("choices")) {
                        int[] whole = tokenizer.encode(context + " " + choice.get("text").asText(),
                                true);
                        int[] targets = Arrays.copyOfRange(whole, prefix.length, whole.length);
                        assertThat(targets)
                                .containsExactly(GoldenFolder.ints(choice.get("continuation_ids")));
                        int[] positions = new int[targets.length];
                        Arrays.setAll(positions, i -> prefix.length - 1 + i);
                        sequences.add(new ScoredSequence(Arrays.copyOf(whole, whole.length - 1),
                                positions, targets));
                        expected.add(choice);
                    }
                }
            }
            try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
                List<TargetScores> scores = engine.score(model, ScoringPlan.of(sequences, 1024));
                for (int i = 0; i < expected.size(); i++) {
                    double sum = 0;
                    boolean greedy = true;
                    for (int slot = 0; slot < scores.get(i).logProbabilities().length; slot++) {
                        sum += scores.get(i).logProbabilities()[slot];
                        greedy &= scores.get(i).greedy()[slot];
                    }
                    assertThat(sum).isCloseTo(expected.get(i).get("ll").asDouble(), within(1e-4));
                    assertThat(greedy).isEqualTo(expected.get(i).get("greedy").asBoolean());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void generatedTokensAndTextsEqualThoseOfTransformers(String name) throws Exception {
        Path directory = GoldenFolder.DEMO.resolve("models").resolve(name);
        try (Checkpoint checkpoint = Checkpoint.open(directory);
                Tokenizer tokenizer = Tokenizer.open(directory)) {
            CheckpointModel model = CheckpointModel.of(checkpoint);
            int end = tokenizer.eosId().orElseThrow();
            JsonNode examples = golden().get(name).get("generate");
            List<GenerationRequest> requests = new ArrayList<>();
            for (JsonNode example : examples) {
                assertThat(tokenizer.encode(example.get("prompt").asText(), true))
                        .containsExactly(GoldenFolder.ints(example.get("prompt_ids")));
                requests.add(new GenerationRequest(GoldenFolder.ints(example.get("prompt_ids")),
                        example.get("max_new_tokens").asInt(),
                        tokens -> tokens[tokens.length - 1] == end));
            }
            try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
                List<int[]> generated = engine.generate(model, requests);
                for (int i = 0; i < generated.size(); i++) {
                    assertThat(generated.get(i))
                            .containsExactly(GoldenFolder.ints(examples.get(i).get("output_ids")));
                    assertThat(tokenizer.decode(generated.get(i), true))
                            .isEqualTo(examples.get(i).get("text").asText());
                }
            }
        }
    }
}
