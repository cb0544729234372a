package io.mendel.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.graph.DecoderConfig;
import io.mendel.graph.WeightLayout;
import io.mendel.merge.MergeKernels;
import io.mendel.merge.MergePlanner;
import io.mendel.merge.Merger;
import io.mendel.merge.StatisticsStore;
import io.mendel.merge.WriteOptions;
import io.mendel.space.LayerRange;
import io.mendel.space.MergeMethods;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A path with scales, run block by block, and the plain checkpoint that it is exported as compute the same. */
class FoldedPathTest {

    static final String LLAMA = """
            {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 64,
             "hidden_size": 32, "intermediate_size": 48, "num_attention_heads": 4,
             "num_key_value_heads": 2, "head_dim": 8, "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
             "tie_word_embeddings": false, "mlp_bias": true, "attention_bias": true,
             "bos_token_id": 1, "eos_token_id": 2, "num_hidden_layers": %d}
            """;
    static final String QWEN3 = """
            {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": 64,
             "hidden_size": 32, "intermediate_size": 48, "num_attention_heads": 4,
             "num_key_value_heads": 2, "head_dim": 16, "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
             "tie_word_embeddings": true, "num_hidden_layers": %d}
            """;
    static final String QWEN3_MOE = """
            {"architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe", "vocab_size": 64,
             "hidden_size": 32, "intermediate_size": 48, "moe_intermediate_size": 24,
             "num_experts": 4, "num_experts_per_tok": 2, "norm_topk_prob": true,
             "decoder_sparse_step": 1, "mlp_only_layers": [1], "num_attention_heads": 4,
             "num_key_value_heads": 2, "head_dim": 16, "max_position_embeddings": 64, "rms_norm_eps": 1e-6,
             "tie_word_embeddings": false, "num_hidden_layers": %d}
            """;
    static final String GPT2 = """
            {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": 64, "n_embd": 32,
             "n_head": 4, "n_positions": 64, "layer_norm_epsilon": 1e-6, "activation_function": "gelu_new",
             "bos_token_id": 1, "eos_token_id": 2, "n_layer": %d}
            """;
    private static final long[] TOKENS = {5, 17, 60, 33, 9, 44, 2, 17};

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {LLAMA, QWEN3, QWEN3_MOE, GPT2})
    void theExportedCheckpointComputesWhatTheScaledPathDoes(String config) throws Exception {
        var random = new SplittableRandom(7);
        var mapper = new ObjectMapper();
        try (Checkpoint a = SyntheticModel.write(folder.resolve("a"),
                mapper.readTree(config.formatted(4)), 1);
                Checkpoint b = SyntheticModel.write(folder.resolve("b"),
                        mapper.readTree(config.formatted(3)), 2)) {
            Map<String, Checkpoint> parents = Map.of("a", a, "b", b);
            for (int length : new int[]{1, 2, 5, 9, 12}) {
                List<Step> steps = IntStream.range(0, length)
                        .mapToObj(i -> random.nextInt(3) == 0
                                ? new Step("b", random.nextInt(3))
                                : new Step("a", random.nextInt(4)))
                        .toList();
                List<Double> scales = random.doubles(length, 0.4, 1.5).boxed().toList();
                Path out = folder.resolve("out-" + length);
                try (Merger merger = Merger.create(parents, StatisticsStore.inMemory(),
                        MergeKernels.preferred(), 2)) {
                    merger.open(MergePlanner.plan(recipe(steps, scales), parents))
                            .write(out, WriteOptions.DEFAULT);
                }
                try (Checkpoint exported = Checkpoint.open(out)) {
                    CheckpointModel folded = CheckpointModel.of(exported);
                    var path = new Steps(folded.config(), steps,
                            Map.of("a", CheckpointModel.of(a), "b", CheckpointModel.of(b)));

                    float[] logits = logits(folded, List.of());

                    assertThat(folded.config().layers()).isEqualTo(length);
                    assertThat(distance(logits, logits(path, scales))).isLessThan(1e-4);
                    assertThat(spread(logits)).isGreaterThan(1);
                    assertThat(distance(logits, logits(path, List.of()))).isGreaterThan(1e-2);
                }
            }
        }
    }

    private static float[] logits(CandidateModel model, List<Double> scales)
            throws InferenceException {
        int width = TOKENS.length;
        return ForwardPass.run(model, scales, ForwardPass.Style.SCORING, 1, width, TOKENS,
                IntStream.range(0, width).asLongStream().toArray(), new long[width]).logits();
    }

    private static double spread(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).max().orElseThrow()
                - IntStream.range(0, values.length).mapToDouble(i -> values[i]).min().orElseThrow();
    }

    private static double distance(float[] one, float[] other) {
        return IntStream.range(0, one.length)
                .mapToDouble(i -> Math.abs(one[i] - other[i]))
                .max()
                .orElseThrow();
    }

    /** A step of a path: a layer of a parent. */
    record Step(String parent, int layer) {}

    /** The recipe of a path. Embedding and head come from the parents of the first and last step. */
    static Recipe recipe(List<Step> steps, List<Double> scales) {
        var slices = new ArrayList<Slice>();
        for (Step step : steps) {
            slices.add(Slice.of(List.of(new Source(step.parent(),
                    new LayerRange(step.layer(), step.layer() + 1), new TreeMap<>()))));
        }
        return new Recipe(MergeMethods.PASSTHROUGH, null, slices, new TreeMap<>(), null, null, 0)
                .withScales(scales);
    }

    /** The layers of the parents, one after another, as they are. */
    private record Steps(DecoderConfig config, List<Step> steps,
            Map<String, CheckpointModel> parents) implements CandidateModel {

        @Override
        public void read(String name, MemorySegment target) {
            for (int i = 0; i < steps.size(); i++) {
                String prefix = WeightLayout.layerPrefix(config, i);
                if (name.startsWith(prefix)) {
                    Step step = steps.get(i);
                    parent(step).read(WeightLayout.layerPrefix(config, step.layer())
                            + name.substring(prefix.length()), target);
                    return;
                }
            }
            boolean before = config.embeddingWeights().contains(name);
            parent(before ? steps.getFirst() : steps.getLast()).read(name, target);
        }

        private CheckpointModel parent(Step step) {
            return Objects.requireNonNull(parents.get(step.parent()));
        }
    }
}
