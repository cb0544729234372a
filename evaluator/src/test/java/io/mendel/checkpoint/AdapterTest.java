package io.mendel.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdapterTest {

    private static final Path GOLDEN = Path
            .of(System.getProperty("golden.dir", "src/test/resources/golden"));
    private static final Path ARCHITECTURES = GOLDEN.resolve("architectures");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"llama_lora_r4", "llama_lora_r8_rslora"})
    void mergedWeightsAreThoseOfPeft(String name) throws Exception {
        try (Arena arena = Arena.ofConfined();
                Checkpoint base = Checkpoint.open(ARCHITECTURES.resolve("llama/model"));
                Checkpoint merged = Checkpoint.open(ARCHITECTURES.resolve(name).resolve("merged"));
                Adapter adapter = Adapter.open(ARCHITECTURES.resolve(name).resolve("adapter"),
                        base)) {
            for (String tensor : base.tensors().keySet()) {
                MemorySegment weight = fp32(base.tensor(tensor), arena);
                adapter.apply(tensor, weight);
                MemorySegment expected = merged.tensor(tensor).data();
                assertThat(adapter.deltas().containsKey(tensor))
                        .isEqualTo(expected.mismatch(base.tensor(tensor).data()) >= 0);
                for (long i = 0; i < weight.byteSize(); i += 4) {
                    // peft multiplies and adds in fp32, the weights are of the order of 1.
                    assertThat(weight.get(ValueLayout.JAVA_FLOAT, i))
                            .isCloseTo(expected.get(ValueLayout.JAVA_FLOAT_UNALIGNED, i),
                                    within(1e-6f));
                }
            }
        }
    }

    @Test
    void deltaIsScaleTimesProduct() throws Exception {
        try (Arena arena = Arena.ofConfined();
                Checkpoint base = Checkpoint.open(GOLDEN.resolve("bad/ok_base"));
                SafetensorsFile factors = SafetensorsFile.open(
                        GOLDEN.resolve("bad/ok_adapter/adapter_model.safetensors"));
                Adapter adapter = Adapter.open(GOLDEN.resolve("bad/ok_adapter"), base)) {
            String name = "model.layers.0.self_attn.q_proj";
            assertThat(adapter.deltas()).containsOnlyKeys(name + ".weight");
            Tensor a = factors.tensor("base_model.model." + name + ".lora_A.weight");
            Tensor b = factors.tensor("base_model.model." + name + ".lora_B.weight");
            Tensor old = base.tensor(name + ".weight");
            MemorySegment weight = fp32(old, arena);
            adapter.apply(name + ".weight", weight);
            for (int i = 0; i < 8; i++) {
                for (int j = 0; j < 8; j++) {
                    double sum = 0;
                    for (int k = 0; k < 4; k++) {
                        sum += (double) FloatElements.get(b, i * 4 + k)
                                * FloatElements.get(a, k * 8 + j);
                    }
                    // README: merged weight = W + 2*B@A
                    assertThat(weight.getAtIndex(ValueLayout.JAVA_FLOAT, i * 8 + j))
                            .isEqualTo((float) (FloatElements.get(old, i * 8 + j) + 2 * sum));
                }
            }
        }
    }

    @Test
    void patternsSetRankAndAlphaAndWholeModulesAreReplaced() throws Exception {
        Path path = ARCHITECTURES.resolve("llama_lora_patterns/adapter");
        try (Checkpoint base = Checkpoint.open(ARCHITECTURES.resolve("llama/model"));
                Adapter adapter = Adapter.open(path, base)) {
            assertThat(lowRank(adapter, "model.layers.1.self_attn.v_proj.weight"))
                    .extracting(WeightDelta.LowRank::rank, WeightDelta.LowRank::scale)
                    .containsExactly(2, 4.0);
            assertThat(lowRank(adapter, "model.layers.0.mlp.up_proj.weight"))
                    .extracting(WeightDelta.LowRank::rank, WeightDelta.LowRank::scale)
                    .containsExactly(4, 0.75);
            assertThat(lowRank(adapter, "model.layers.0.self_attn.q_proj.weight"))
                    .extracting(WeightDelta.LowRank::rank, WeightDelta.LowRank::scale)
                    .containsExactly(4, 2.0);
            assertThat(adapter.deltas().get("lm_head.weight"))
                    .isInstanceOf(WeightDelta.Replacement.class);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment head = fp32(base.tensor("lm_head.weight"), arena);
                adapter.apply("lm_head.weight", head);
                try (SafetensorsFile file = SafetensorsFile
                        .open(path.resolve("adapter_model.safetensors"))) {
                    assertThat(head.mismatch(file.tensor("base_model.model.lm_head.weight").data()))
                            .isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void weightsStoredInOutAreChangedTransposed() throws Exception {
        try (Checkpoint base = Checkpoint.open(ARCHITECTURES.resolve("gpt2/model"));
                Adapter adapter = Adapter.open(ARCHITECTURES.resolve("gpt2_lora_fanin/adapter"),
                        base)) {
            assertThat(lowRank(adapter, "transformer.h.0.attn.c_attn.weight").transposed())
                    .isTrue();
        }
        float[] a = {1, 2, 3};
        float[] b = {10, 20};
        MemorySegment plain = MemorySegment.ofArray(new float[6]);
        MemorySegment transposed = MemorySegment.ofArray(new float[6]);
        new WeightDelta.LowRank(a, b, 1, 0.5, false).apply(plain);
        new WeightDelta.LowRank(a, b, 1, 0.5, true).apply(transposed);
        assertThat(plain.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(5, 10, 15, 10, 20, 30);
        assertThat(transposed.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(5, 10, 10, 20, 15,
                30);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "UNSUPPORTED | peft_type         | \"IA3\"",
        "UNSUPPORTED | bias              | \"lora_only\"",
        "UNSUPPORTED | layer_replication | [[0, 1]]",
        "UNSUPPORTED | init_lora_weights | \"pissa_niter_16\"",
        "ADAPTER     | r                 | \"4\"",
        "ADAPTER     | r                 | 0",
        "ADAPTER     | lora_alpha        | null",
        "ADAPTER     | use_rslora        | 1",
        "ADAPTER     | rank_pattern      | []",
        "ADAPTER     | alpha_pattern     | {\"q_proj\": \"x\"}",
        "ADAPTER     | rank_pattern      | {\"(\": 4}",
        "ADAPTER     | rank_pattern      | {\"(.*.*)*.*.*.*x\": 4}",
        "ADAPTER     | target_modules    | [\"q_proj\", \"v_proj\"]"})
    void optionsThatCannotBeHonouredAreRefusedByName(Kind kind, String field, String value)
            throws Exception {
        Path good = GOLDEN.resolve("bad/ok_adapter");
        var config = (ObjectNode) JSON.readTree(good.resolve("adapter_config.json").toFile());
        config.set(field, JSON.readTree(value));
        Files.writeString(directory.resolve("adapter_config.json"), config.toString());
        Files.write(directory.resolve("adapter_model.safetensors"),
                Files.readAllBytes(good.resolve("adapter_model.safetensors")));
        try (Checkpoint base = Checkpoint.open(GOLDEN.resolve("bad/ok_base"))) {
            var refusal = catchThrowableOfType(CheckpointException.class,
                    () -> Adapter.open(directory, base).close());

            assertThat(refusal).isNotNull()
                    .hasMessageStartingWith(
                            directory.resolve("adapter_config.json").toString());
            assertThat(refusal.kind()).isEqualTo(kind);
            if (!value.contains("(")) {
                assertThat(refusal).hasMessageContaining(field);
            }
        }
    }

    @Test
    void pickledAdaptersAreRefused() throws IOException, CheckpointException {
        Files.writeString(directory.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 4}");
        Files.write(directory.resolve("adapter_model.bin"), new byte[10]);
        try (Checkpoint base = Checkpoint.open(GOLDEN.resolve("bad/ok_base"))) {
            var refusal = catchThrowableOfType(CheckpointException.class,
                    () -> Adapter.open(directory, base).close());
            assertThat(refusal.kind()).isEqualTo(Kind.PICKLE_ONLY);
        }
    }

    private static WeightDelta.LowRank lowRank(Adapter adapter, String tensor) {
        return (WeightDelta.LowRank) Objects.requireNonNull(adapter.deltas().get(tensor));
    }

    private static MemorySegment fp32(Tensor tensor, Arena arena) {
        return arena.allocate(tensor.data().byteSize(), 8).copyFrom(tensor.data());
    }
}
