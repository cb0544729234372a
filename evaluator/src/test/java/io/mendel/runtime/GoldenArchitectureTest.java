package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checks every supported decoder of {@code golden/architectures} against transformers.
 *
 * <p>
 * The tolerance is that of the data's README: five times {@code atol}, which is 1e-5 relative to the largest element, or
 * twenty times what fp32 and fp64 differ by in torch if that is more.
 */
class GoldenArchitectureTest {

    private static final Path FOLDER = GoldenFolder.ROOT.resolve("architectures");
    private static final Set<String> SUPPORTED = Set.of("LlamaForCausalLM", "MistralForCausalLM",
            "Qwen2ForCausalLM", "Qwen3ForCausalLM", "MixtralForCausalLM", "Qwen2MoeForCausalLM",
            "Qwen3MoeForCausalLM", "GPT2LMHeadModel");

    @TempDir
    private Path temporary;

    static Stream<Arguments> models() throws Exception {
        List<Arguments> models = new ArrayList<>();
        for (JsonNode entry : GoldenFolder.json(FOLDER.resolve("index.json"))) {
            if (SUPPORTED.contains(entry.get("architecture").asText())
                    && !entry.path("lora").asBoolean()) {
                models.add(Arguments.of(entry.get("id").asText(), "config.json"));
                models.add(Arguments.of(entry.get("id").asText(), "config_v4.json"));
            }
        }
        return models.stream();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("models")
    void hiddenStatesAndLogitsEqualThoseOfTransformers(String id, String config) throws Exception {
        JsonNode golden = golden(id);
        GoldenTensors tensors = new GoldenTensors(FOLDER.resolve(id).resolve("golden.safetensors"));
        try (Checkpoint checkpoint = open(id, golden, config)) {
            CheckpointModel model = CheckpointModel.of(checkpoint);
            for (JsonNode testCase : golden.get("cases")) {
                for (ForwardPass.Style style : styles(testCase)) {
                    compare(model, tensors, testCase, style);
                }
            }
        }
    }

    private static List<ForwardPass.Style> styles(JsonNode testCase) {
        return testCase.get("inputs").has("position_ids")
                ? List.of(ForwardPass.Style.CACHED)
                : List.of(ForwardPass.Style.values());
    }

    private static void compare(CheckpointModel model, GoldenTensors tensors, JsonNode testCase,
            ForwardPass.Style style) throws Exception {
        JsonNode inputs = testCase.get("inputs");
        String idsKey = inputs.get("input_ids").asText();
        int rows = tensors.shape(idsKey)[0];
        int width = tensors.shape(idsKey)[1];
        long[] attended = tensors.longs(inputs.get("attention_mask").asText());
        long[] positions = inputs.has("position_ids")
                ? tensors.longs(inputs.get("position_ids").asText())
                : IntStream.range(0, rows * width).mapToLong(i -> i % width).toArray();
        ForwardPass pass = ForwardPass.run(model, style, rows, width, tensors.longs(idsKey),
                positions, attended);
        Map<String, float[]> actual = new TreeMap<>(
                Map.of("logits", pass.logits(), "last_hidden_state",
                        pass.normed()));
        for (int i = 0; i < pass.hidden().size(); i++) {
            actual.put("hidden_states." + i, pass.hidden().get(i));
        }
        for (Map.Entry<String, JsonNode> output : testCase.get("outputs").properties()) {
            JsonNode expected = output.getValue();
            float[] wanted = tensors.floats(expected.get("key").asText());
            float[] computed = Objects.requireNonNull(actual.get(output.getKey()), output.getKey());
            boolean all = expected.get("compare").asText().equals("all");
            int size = wanted.length / (rows * width);
            double worst = 0;
            for (int i = 0; i < wanted.length; i++) {
                if (all || attended[i / size] == 1) {
                    double difference = Math.abs(computed[i] - wanted[i]);
                    worst = Double.isNaN(difference)
                            ? Double.POSITIVE_INFINITY
                            : Math.max(worst, difference);
                }
            }
            assertThat(worst)
                    .as("%s, %s, %s", testCase.get("name").asText(), output.getKey(), style)
                    .isLessThanOrEqualTo(5 * expected.get("atol").asDouble());
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("models")
    void greedyTokensEqualThoseOfTransformers(String id, String config) throws Exception {
        JsonNode golden = golden(id);
        List<GenerationRequest> requests = new ArrayList<>();
        List<int[]> expected = new ArrayList<>();
        for (JsonNode generation : golden.get("generation")) {
            int[] tokens = GoldenFolder.ints(generation.get("tokens"));
            requests.add(new GenerationRequest(GoldenFolder.ints(generation.get("prompt")),
                    tokens.length,
                    _ -> false));
            expected.add(tokens);
        }
        try (Checkpoint checkpoint = open(id, golden, config)) {
            CheckpointModel model = CheckpointModel.of(checkpoint);
            try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
                assertThat(engine.generate(model, requests)).usingRecursiveComparison()
                        .isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("models")
    void logProbabilitiesOfAllStepsEqualThoseOfTransformers(String id, String config)
            throws Exception {
        JsonNode golden = golden(id);
        GoldenTensors tensors = new GoldenTensors(FOLDER.resolve(id).resolve("golden.safetensors"));
        List<ScoredSequence> sequences = new ArrayList<>();
        List<float[]> expected = new ArrayList<>();
        float tolerance = 1e-4f;
        for (JsonNode generation : golden.get("generation")) {
            if (generation.has("step_logits")) {
                int[] prompt = GoldenFolder.ints(generation.get("prompt"));
                int[] tokens = GoldenFolder.ints(generation.get("tokens"));
                float[] logits = tensors.floats(generation.get("step_logits").asText());
                for (float logit : logits) {
                    tolerance = Math.max(tolerance, 1e-4f * Math.abs(logit));
                }
                int vocabulary = logits.length / tokens.length;
                int[] whole = IntStream.concat(Arrays.stream(prompt), Arrays.stream(tokens))
                        .toArray();
                // Every token of the vocabulary is a target at every step.
                sequences.add(new ScoredSequence(whole,
                        IntStream.range(0, logits.length)
                                .map(i -> prompt.length - 1 + i / vocabulary)
                                .toArray(),
                        IntStream.range(0, logits.length).map(i -> i % vocabulary).toArray()));
                expected.add(logSoftmax(logits, vocabulary));
            }
        }
        try (Checkpoint checkpoint = open(id, golden, config)) {
            CheckpointModel model = CheckpointModel.of(checkpoint);
            try (InferenceEngine engine = InferenceEngine.create(model.config(), 2)) {
                List<TargetScores> scores = engine.score(model, ScoringPlan.of(sequences, 512));
                assertThat(expected).isNotEmpty();
                for (int i = 0; i < expected.size(); i++) {
                    assertThat(scores.get(i).logProbabilities()).containsExactly(expected.get(i),
                            within(tolerance));
                }
            }
        }
    }

    private static float[] logSoftmax(float[] logits, int vocabulary) {
        float[] result = new float[logits.length];
        for (int row = 0; row < logits.length; row += vocabulary) {
            double sum = 0;
            for (int i = row; i < row + vocabulary; i++) {
                sum += Math.exp(logits[i]);
            }
            for (int i = row; i < row + vocabulary; i++) {
                result[i] = (float) (logits[i] - Math.log(sum));
            }
        }
        return result;
    }

    static Stream<String> tokenizers() throws Exception {
        List<String> ids = new ArrayList<>();
        for (JsonNode entry : GoldenFolder.json(FOLDER.resolve("index.json"))) {
            Path golden = FOLDER.resolve(entry.get("id").asText()).resolve("golden.json");
            if (Files.exists(golden) && GoldenFolder.json(golden).path("tokenizer").size() > 0) {
                ids.add(entry.get("id").asText());
            }
        }
        return ids.stream();
    }

    @ParameterizedTest
    @MethodSource("tokenizers")
    void tokensAndTextsEqualThoseOfTransformers(String id) throws Exception {
        JsonNode golden = golden(id);
        try (Tokenizer tokenizer = Tokenizer.open(model(id, golden))) {
            for (JsonNode example : golden.get("tokenizer")) {
                String text = example.get("text").asText();
                int[] ids = GoldenFolder.ints(example.get("ids"));
                if (example.has("pair")) {
                    assertThat(tokenizer.encodePair(text, example.get("pair").asText()))
                            .containsExactly(ids);
                } else {
                    assertThat(tokenizer.encode(text, true)).as(text).containsExactly(ids);
                    assertThat(tokenizer.encode(text, false)).as(text)
                            .containsExactly(GoldenFolder.ints(example.get("ids_no_special")));
                    assertThat(tokenizer.decode(ids, true))
                            .isEqualTo(example.get("decoded").asText());
                }
            }
        }
    }

    private static JsonNode golden(String id) throws Exception {
        return GoldenFolder.json(FOLDER.resolve(id).resolve("golden.json"));
    }

    private static Path model(String id, JsonNode golden) {
        return FOLDER.resolve(id).resolve(golden.path("model_dir").asText("model"));
    }

    private Checkpoint open(String id, JsonNode golden, String config) throws Exception {
        Path model = model(id, golden);
        return Checkpoint.open(config.equals("config.json")
                ? model
                : GoldenFolder.withConfig(model,
                        FOLDER.resolve(id).resolve(golden.get("config_v4").asText()),
                        temporary));
    }
}
