package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.FolderWriter;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.OnnxModel;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.MergedModel;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.WriteOptions;
import io.mendel.runtime.FoldedPathTest.Step;
import io.mendel.space.Precision;
import io.mendel.space.Recipe;
import java.lang.foreign.MemorySegment;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The exported ONNX model, in plain ONNX Runtime, against the blocks that score candidates. */
class OnnxModelTest {

    /** What is exported. */
    enum Family {
        LLAMA(FoldedPathTest.LLAMA), QWEN3(FoldedPathTest.QWEN3), MOE(
                FoldedPathTest.QWEN3_MOE), GPT2(FoldedPathTest.GPT2), MISTRAL(
                        """
                                {"architectures": ["MistralForCausalLM"], "model_type": "mistral", "vocab_size": 64,
                                 "hidden_size": 32, "intermediate_size": 48, "num_attention_heads": 4,
                                 "num_key_value_heads": 2, "max_position_embeddings": 64, "sliding_window": 4,
                                 "bos_token_id": 1, "eos_token_id": 2, "num_hidden_layers": %d}
                                """);

        private final String config;

        Family(String config) {
            this.config = config;
        }
    }

    private static final List<Step> PATH = List.of(new Step("a", 0), new Step("a", 2),
            new Step("b", 1), new Step("a", 2), new Step("a", 3));
    private static final List<Double> SCALES = List.of(1.0, 0.8, 1.3, 0.7, 1.1);

    @TempDir
    Path folder;

    /** What a campaign scores. */
    private record Planned(DecoderConfig config, MergedModel model) implements CandidateModel {
        @Override
        public void read(String name, MemorySegment target) {
            model.read(name, target);
        }
    }

    private interface Work {
        void on(Planned model) throws Exception;
    }

    private void withModel(Family family, Recipe recipe, Work work) throws Exception {
        var mapper = new ObjectMapper();
        try (Checkpoint a = SyntheticModel.write(Files.createTempDirectory(folder, "a"),
                mapper.readTree(family.config.formatted(4)), 1);
                Checkpoint b = SyntheticModel.write(Files.createTempDirectory(folder, "b"),
                        mapper.readTree(family.config.formatted(3)), 2)) {
            Map<String, Checkpoint> parents = Map.of("a", a, "b", b);
            try (Merger merger = Merger.create(parents, StatisticsStore.inMemory(),
                    MergeKernels.preferred(), 2)) {
                MergedModel model = merger.open(MergePlanner.plan(recipe, parents));
                Path plain = Files.createTempDirectory(folder, "plain");
                model.write(plain, WriteOptions.DEFAULT);
                try (Checkpoint checkpoint = Checkpoint.open(plain)) {
                    work.on(new Planned(DecoderConfig.of(checkpoint), model));
                }
            }
        }
    }

    private Path export(Planned model) throws Exception {
        Path out = Files.createTempDirectory(folder, "onnx").resolve("model");
        OnnxModel onnx = OnnxModel.of(model.config(), model.model().exportWeights());
        try (var writer = FolderWriter.create(out, onnx.bytes())) {
            var last = new long[1];
            onnx.write(writer, bytes -> last[0] = bytes);
            writer.commit();
            assertThat(last[0]).isEqualTo(onnx.bytes());
        }
        return out.resolve(OnnxModel.FILE);
    }

    private static Recipe path(String dtype) {
        Recipe recipe = FoldedPathTest.recipe(PATH, SCALES);
        return new Recipe(recipe.method(), null, recipe.slices(), recipe.parameters(),
                Precision.valueOf(dtype), null, 0).withScales(SCALES);
    }

    @ParameterizedTest
    @CsvSource({"LLAMA, FLOAT32", "LLAMA, BFLOAT16", "QWEN3, FLOAT32", "QWEN3, FLOAT16",
        "MOE, FLOAT32", "GPT2, FLOAT32", "GPT2, BFLOAT16", "MISTRAL, FLOAT32"})
    void logitsAndGreedyTokensAreThoseOfTheCampaign(Family family, String dtype)
            throws Exception {
        withModel(family, path(dtype), model -> {
            int[][] prompts = {{5, 17, 60, 33, 9, 44, 2}, {8, 3, 21}};
            try (var runner = new Runner(export(model), model.config(), prompts);
                    var engine = InferenceEngine.create(model.config(), 1)) {
                float[][] logits = runner.step();
                for (int row = 0; row < prompts.length; row++) {
                    int[] prompt = prompts[row];
                    float[] expected = ForwardPass.run(model, ForwardPass.Style.SCORING, 1,
                            prompt.length, Arrays.stream(prompt).asLongStream().toArray(),
                            IntStream.range(0, prompt.length).asLongStream().toArray(),
                            new long[prompt.length]).logits();
                    float[] computed = Arrays.copyOfRange(logits[row],
                            logits[row].length - expected.length, logits[row].length);
                    assertThat(worst(computed, expected)).isLessThan(1e-4);
                }
                int steps = 10;
                for (int i = 1; i < steps; i++) {
                    runner.step();
                }
                List<int[]> generated = engine.generate(model, Arrays.stream(prompts)
                        .map(prompt -> new GenerationRequest(prompt, steps, _ -> false))
                        .toList());
                for (int row = 0; row < prompts.length; row++) {
                    assertThat(runner.generated(row)).containsExactly(generated.get(row));
                }
            }
        });
    }

    private static double worst(float[] computed, float[] expected) {
        assertThat(computed).hasSameSizeAs(expected);
        return IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs(computed[i] - expected[i]))
                .max()
                .orElseThrow();
    }

    /** The data file of a path that runs one layer three times, with scales, is that of the layer alone. */
    @ParameterizedTest
    @EnumSource(Family.class)
    void aRepeatedLayerCostsNoBytes(Family family) throws Exception {
        long[] sizes = new long[2];
        Step step = new Step("a", 2);
        withModel(family, FoldedPathTest.recipe(List.of(step), List.of(1.0)),
                model -> sizes[0] = Files
                        .size(export(model).resolveSibling(OnnxModel.DATA)));
        withModel(family,
                FoldedPathTest.recipe(List.of(step, step, step), List.of(1.0, 0.7, 0.9)),
                model -> sizes[1] = Files.size(export(model).resolveSibling(OnnxModel.DATA)));

        assertThat(sizes[1]).isEqualTo(sizes[0]).isGreaterThan(10_000);
    }

    @Test
    void aFolderThatHoldsSomethingIsLeftAlone() throws Exception {
        Path out = Files.createDirectory(folder.resolve("taken"));
        Files.writeString(out.resolve("notes.txt"), "mine");
        assertThatThrownBy(() -> FolderWriter.create(out, 1).close())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("not empty");
        assertThat(out.resolve("notes.txt")).hasContent("mine");
        assertThatThrownBy(
                () -> FolderWriter.create(folder.resolve("huge"), Long.MAX_VALUE).close())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("free");
        assertThat(folder.resolve("huge")).doesNotExist();
    }

    /** Greedy decoding of left-padded prompts with the names that optimum uses. */
    private static final class Runner implements AutoCloseable {

        private final OrtEnvironment environment;
        private final OrtSession session;
        private final int rows;
        private final int[] padding;
        private final List<List<Long>> tokens = new ArrayList<>();
        private final int columns;
        private final Map<String, OnnxTensor> past = new HashMap<>();
        private int cached;

        Runner(Path model, DecoderConfig config, int[][] prompts) throws Exception {
            OnnxEngine.version();
            environment = OrtEnvironment.getEnvironment();
            session = environment.createSession(model.toString());
            rows = prompts.length;
            columns = Arrays.stream(prompts).mapToInt(prompt -> prompt.length).max().orElse(0);
            padding = Arrays.stream(prompts).mapToInt(prompt -> columns - prompt.length).toArray();
            for (int[] prompt : prompts) {
                var row = new ArrayList<Long>();
                IntStream.range(prompt.length, columns).forEach(_ -> row.add(0L));
                Arrays.stream(prompt).forEach(token -> row.add((long) token));
                tokens.add(row);
            }
            for (int layer = 0; layer < config.layers(); layer++) {
                for (String part : List.of(".key", ".value")) {
                    past.put("past_key_values." + layer + part,
                            OnnxTensor.createTensor(environment, FloatBuffer.allocate(0),
                                    new long[]{rows, config.keyValueHeads(), 0,
                                        config.headDim()}));
                }
            }
        }

        private interface Cell {
            long at(int row, int column);
        }

        private OnnxTensor integers(int from, Cell cell) throws Exception {
            int total = tokens.getFirst().size();
            LongBuffer buffer = LongBuffer.allocate(rows * (total - from));
            for (int row = 0; row < rows; row++) {
                for (int column = from; column < total; column++) {
                    buffer.put(cell.at(row, column));
                }
            }
            return OnnxTensor.createTensor(environment, buffer.flip(),
                    new long[]{rows, total - from});
        }

        /** Runs the columns that are new and appends the greedy token of each row; the logits of each row. */
        float[][] step() throws Exception {
            var inputs = new HashMap<>(past);
            inputs.put("input_ids", integers(cached, (row, column) -> tokens.get(row).get(column)));
            inputs.put("attention_mask",
                    integers(0, (row, column) -> column < padding[row] ? 0 : 1));
            inputs.put("position_ids",
                    integers(cached, (row, column) -> Math.max(0, column - padding[row])));
            assertThat(session.getInputNames())
                    .containsExactlyInAnyOrderElementsOf(inputs.keySet());
            OrtSession.Result result = session.run(inputs);
            float[][][] logits = (float[][][]) result.get("logits").orElseThrow().getValue();
            float[][] flat = new float[rows][];
            for (int row = 0; row < rows; row++) {
                float[] last = logits[row][logits[row].length - 1];
                int best = IntStream.range(0, last.length)
                        .boxed()
                        .max((i, j) -> last[i] == last[j]
                                ? Integer.compare(j, i)
                                : Float.compare(last[i], last[j]))
                        .orElseThrow();
                cached = tokens.get(row).size();
                tokens.get(row).add((long) best);
                FloatBuffer all = FloatBuffer.allocate(logits[row].length * last.length);
                Arrays.stream(logits[row]).forEach(all::put);
                flat[row] = all.array();
            }
            for (String name : List.copyOf(past.keySet())) {
                String present = name.replace("past_key_values", "present");
                past.put(name, (OnnxTensor) result.get(present).orElseThrow());
            }
            return flat;
        }

        int[] generated(int row) {
            return tokens.get(row).stream().skip(columns).mapToInt(Long::intValue).toArray();
        }

        @Override
        public void close() throws OrtException {
            session.close();
        }
    }
}
