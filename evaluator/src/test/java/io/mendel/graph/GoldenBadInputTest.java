package io.mendel.graph;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import io.mendel.checkpoint.Adapter;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.SafetensorsFile;
import io.mendel.checkpoint.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Malformed and unusual inputs, as golden/bad/README.md describes them, up to the verified weights.
 *
 * <p>
 * Where the README leaves the outcome to us, this is what happens:
 * <table>
 * <caption>Policies</caption>
 * <tr><th>input</th><th>outcome</th></tr>
 * <tr><td>st_dup_tensor_key</td><td>refused: a name may occur once, even if both entries agree</td></tr>
 * <tr><td>cf_arch_model_type_disagree</td><td>refused: every name in architectures must fit model_type</td></tr>
 * <tr><td>w_nan</td><td>opens, but Checkpoint.requireFinite(), called before merging, refuses it by tensor</td></tr>
 * <tr><td>w_int8</td><td>refused: weights must be floating-point numbers</td></tr>
 * <tr><td>ix_conflict</td><td>loads: the index decides which of the two tensors counts</td></tr>
 * <tr><td>ad_dora</td><td>refused as not supported</td></tr>
 * </table>
 */
class GoldenBadInputTest {

    private static final Path BAD = Path
            .of(System.getProperty("golden.dir", "src/test/resources/golden"))
            .resolve("bad");
    private static final long MAX_ALLOCATED_BYTES = 64L << 20;
    private static final Duration MAX_CPU_TIME = Duration.ofSeconds(1);

    /** What is wrong with which input; inputs of another golden folder are judged by their outcome only. */
    private static final Map<Kind, String> KINDS = Map.ofEntries(
            Map.entry(Kind.TRUNCATED,
                    "st_7_bytes st_header_len_gt_file st_truncated_data st_truncated_header "
                            + "st_out_of_range ad_truncated"),
            Map.entry(Kind.HEADER_TOO_LARGE,
                    "st_header_len_101mb st_header_len_u64_max st_header_len_i64_min "
                            + "st_header_len_int_wrap"),
            Map.entry(Kind.HEADER,
                    "st_header_len_short st_json_array st_json_bom st_json_trailing_junk st_offset_float "
                            + "st_offset_missing st_dtype_missing st_shape_float st_entry_null "
                            + "st_metadata_nonstring"),
            Map.entry(Kind.DUPLICATE,
                    "st_dup_tensor_key st_dup_tensor_key_differs st_dup_key_escaped st_dup_field"),
            Map.entry(Kind.OFFSETS,
                    "st_negative_offset st_overlap st_hole st_offset_u64 st_size_mismatch"),
            Map.entry(Kind.SHAPE,
                    "st_shape_overflow st_shape_wrap_to_zero st_shape_negative cf_hidden_mismatch "
                            + "cf_vocab_mismatch cf_missing_hidden w_transposed w_flat w_zero_size"),
            Map.entry(Kind.DTYPE, "st_dtype_unknown w_int8"),
            Map.entry(Kind.MISSING, "cf_missing ix_directory ad_no_config ad_no_weights"),
            Map.entry(Kind.CONFIG,
                    "cf_empty cf_invalid_json cf_array cf_empty_object cf_arch_model_type_disagree "
                            + "cf_negative_heads cf_zero_heads cf_kv_not_divisor cf_heads_not_divisor "
                            + "cf_huge_hidden cf_huge_layers cf_string_hidden cf_rope_missing_factor"),
            Map.entry(Kind.UNSUPPORTED, "cf_remote_code cf_unknown_rope cf_quantized_gptq ad_dora"),
            Map.entry(Kind.WEIGHTS, "cf_more_layers w_missing_tensor w_missing_lm_head"),
            Map.entry(Kind.NOT_FINITE, "w_nan"),
            Map.entry(Kind.PICKLE_ONLY, "bin_only"),
            Map.entry(Kind.INDEX,
                    "ix_tensor_absent ix_invalid_json ix_no_weight_map ix_empty_weight_map"),
            Map.entry(Kind.PATH_ESCAPE, "ix_dotdot ix_dotdot_nested ix_absolute"),
            Map.entry(Kind.ADAPTER, "ad_rank_mismatch ad_missing_B ad_shape_mismatch"));

    private static final List<String> LOADED_BY_POLICY = List.of("ix_conflict");

    static Stream<Named<JsonNode>> inputs() throws IOException {
        JsonNode index = new ObjectMapper().readTree(BAD.resolve("index.json").toFile());
        return StreamSupport.stream(index.spliterator(), false)
                .map(input -> Named.of(input.path("id").asText(), input));
    }

    /** A class that is loaded, and instrumented for coverage, allocates on the thread that needs it first. */
    @BeforeAll
    static void loadClasses() throws IOException {
        for (Named<JsonNode> input : inputs().toList()) {
            try {
                load(input.getPayload());
            } catch (CheckpointException expected) {
                // What is thrown is the subject of the test; here it only has to be loaded.
            }
        }
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void isLoadedOrRefusedQuicklyInLittleMemory(JsonNode input) throws IOException {
        String id = input.path("id").asText();
        boolean tokenizer = input.path("level").asText().equals("tokenizer");
        // The tokenizer of these is bad, their weights are good.
        boolean load = tokenizer || input.path("expect").asText().equals("load")
                || LOADED_BY_POLICY.contains(id);
        var thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        CheckpointException refusal = null;
        long allocated = thread.getCurrentThreadAllocatedBytes();
        long time = thread.getCurrentThreadCpuTime();
        try {
            load(input);
        } catch (CheckpointException e) {
            refusal = e;
        }
        time = thread.getCurrentThreadCpuTime() - time;
        allocated = thread.getCurrentThreadAllocatedBytes() - allocated;

        assertThat(Duration.ofNanos(time)).isLessThan(MAX_CPU_TIME);
        assertThat(allocated).isLessThan(MAX_ALLOCATED_BYTES);
        if (load) {
            assertThat(refusal).isNull();
        } else if (refusal != null || input.path("expect").asText().equals("reject")) {
            assertThat(refusal).isNotNull()
                    .hasMessageStartingWith(refusal.path() + ": ")
                    .hasMessageContaining("\n");
            assertThat(refusal.path()).startsWithRaw(BAD.resolve(id));
            for (Map.Entry<Kind, String> entry : KINDS.entrySet()) {
                if (List.of(entry.getValue().split(" ")).contains(id)) {
                    assertThat(refusal.kind()).isEqualTo(entry.getKey());
                }
            }
        }
    }

    private static void load(JsonNode input) throws CheckpointException, IOException {
        Path directory = BAD.resolve(input.path("id").asText());
        switch (input.path("level").asText()) {
            case "checkpoint", "tokenizer" -> {
                try (Checkpoint checkpoint = Checkpoint.open(directory)) {
                    DecoderConfig config = DecoderConfig.of(checkpoint);
                    WeightLayout.verify(checkpoint, config);
                    checkpoint.requireFinite();
                    if (input.path("logits").asText().equals("logits")
                            || LOADED_BY_POLICY.contains(directory
                                    .getFileName()
                                    .toString())) {
                        verifySameAsBase(checkpoint, config, input.path("atol").asDouble(0));
                    }
                }
            }
            case "safetensors" -> {
                try (SafetensorsFile file = SafetensorsFile
                        .open(directory.resolve("model.safetensors"))) {
                    verify(file, new ObjectMapper()
                            .readTree(directory.resolve("expected.json").toFile()));
                }
            }
            case "adapter" -> {
                try (Checkpoint base = Checkpoint.open(BAD.resolve(input.path("base").asText()));
                        Adapter adapter = Adapter.open(directory, base)) {
                    assertThat(adapter.deltas()).isNotEmpty();
                }
            }
            default -> throw new IllegalArgumentException("Unknown level in " + input);
        }
    }

    /** The logits of these inputs are those of ok_base, because their weights are. */
    private static void verifySameAsBase(Checkpoint checkpoint, DecoderConfig config,
            double tolerance)
            throws CheckpointException {
        try (Checkpoint base = Checkpoint.open(BAD.resolve("ok_base"))) {
            assertThat(config).isEqualTo(DecoderConfig.of(base));
            for (WeightLayout.Weight weight : WeightLayout.of(config)) {
                Tensor expected = base.tensor(weight.name());
                Tensor actual = checkpoint.tensor(weight.name());
                if (tolerance == 0) {
                    assertThat(actual.data().mismatch(expected.data())).as(weight.name())
                            .isEqualTo(-1);
                }
                assertThat(actual.info().shape()).isEqualTo(expected.info().shape());
            }
        }
    }

    private static void verify(SafetensorsFile file, JsonNode expected) {
        assertThat(file.tensors()).hasSize(expected.size());
        expected.properties().forEach(entry -> {
            Tensor tensor = file.tensor(entry.getKey());
            JsonNode value = entry.getValue();
            assertThat(tensor.info().dtype().name()).isEqualTo(value.path("dtype").asText());
            assertThat(tensor.info().shape())
                    .hasToString(value.path("shape").toString().replace(",", ", "));
            assertThat(HexFormat.of().formatHex(tensor.data().toArray(ValueLayout.JAVA_BYTE)))
                    .isEqualTo(value.path("bytes_hex").asText());
        });
    }
}
