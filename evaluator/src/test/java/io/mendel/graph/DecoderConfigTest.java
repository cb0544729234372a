package io.mendel.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.graph.MixtureOfExperts.Naming;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DecoderConfigTest {

    private static final Path ARCHITECTURES = Path
            .of(System.getProperty("golden.dir", "src/test/resources/golden"))
            .resolve("architectures");
    private static final Pattern GPT_BUFFER = Pattern
            .compile("(transformer\\.)?h\\.\\d+\\.attn\\.(masked_)?bias");
    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<String> supportedCases() throws IOException {
        Set<String> supported = Set.of("llama", "mistral", "qwen2", "qwen3", "mixtral",
                "qwen2_moe", "qwen3_moe", "gpt2");
        try (Stream<Path> cases = Files.list(ARCHITECTURES)) {
            return cases.filter(Files::isDirectory)
                    .filter(directory -> Files.exists(directory.resolve("model/config.json")))
                    .filter(directory -> supported
                            .contains(json(directory.resolve("model/config.json"))
                                    .path("model_type")
                                    .asText()))
                    .map(directory -> directory.getFileName().toString())
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    static Stream<String> unsupportedCases() throws IOException {
        List<String> supported = supportedCases().toList();
        try (Stream<Path> cases = Files.list(ARCHITECTURES)) {
            return cases.filter(directory -> Files.exists(directory.resolve("model/config.json")))
                    .map(directory -> directory.getFileName().toString())
                    .filter(name -> !supported.contains(name))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("supportedCases")
    void bothConfigStylesMeanTheSame(String name) throws Exception {
        Path directory = ARCHITECTURES.resolve(name);

        DecoderConfig v5 = DecoderConfigReader.read(directory,
                json(directory.resolve("model/config.json")));
        DecoderConfig v4 = DecoderConfigReader.read(directory,
                json(directory.resolve("config_v4.json")));

        assertThat(v4).isEqualTo(v5);
    }

    @ParameterizedTest
    @MethodSource("supportedCases")
    void weightsAreExactlyThoseDemanded(String name) throws Exception {
        try (Checkpoint checkpoint = Checkpoint
                .open(ARCHITECTURES.resolve(name).resolve("model"))) {
            DecoderConfig config = DecoderConfig.of(checkpoint);
            WeightLayout.verify(checkpoint, config);
            assertThat(WeightLayout.of(config)).extracting(WeightLayout.Weight::name)
                    .containsExactlyInAnyOrderElementsOf(checkpoint.tensors()
                            .keySet()
                            .stream()
                            .filter(tensor -> !GPT_BUFFER.matcher(tensor).matches())
                            .toList());
        }
    }

    @ParameterizedTest
    @MethodSource("unsupportedCases")
    void otherArchitecturesAreRefusedByName(String name) {
        Path file = ARCHITECTURES.resolve(name).resolve("model/config.json");

        var refusal = catchThrowableOfType(CheckpointException.class,
                () -> DecoderConfigReader.read(file, json(file)));

        assertThat(refusal.kind()).isEqualTo(Kind.UNSUPPORTED);
        assertThat(refusal).hasMessageContaining(file.toString())
                .hasMessageContaining(json(file).path("model_type").asText());
    }

    @Test
    void slidingWindowsDependOnFamilyAndLayer() throws Exception {
        assertThat(golden("mistral").slidingWindows()).containsExactly(5, 5);
        assertThat(golden("qwen2").slidingWindows()).containsExactly(0, 0);
        assertThat(golden("qwen2_swa").slidingWindows()).containsExactly(0, 4, 4);
        assertThat(read("{'model_type': 'mistral', 'num_hidden_layers': 1}").slidingWindows())
                .containsExactly(4096);
        assertThat(read("{'model_type': 'mistral', 'num_hidden_layers': 1, 'sliding_window': null}")
                .slidingWindows())
                .containsExactly(0);
        assertThat(
                read("{'model_type': 'qwen3', 'num_hidden_layers': 30, 'use_sliding_window': true}")
                        .slidingWindows())
                .endsWith(0, 4096, 4096)
                .hasSize(30);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // model_type, vocab, intermediate, kv heads, head dim, positions, bos, eos, as printed by the classes of
        // transformers 5.18.0 for AutoConfig.for_model(model_type)
        "llama   | 32000  | 11008 | 32 | 128 | 2048   | 1    | [2]",
        "mistral | 32000  | 14336 | 8  | 128 | 131072 | 1    | [2]",
        "qwen2   | 151936 | 22016 | 32 | 128 | 32768  | null | []",
        "qwen3   | 151936 | 22016 | 32 | 128 | 32768  | null | []"})
    void absentFieldsHaveTheDefaultsOfTheClass(String modelType, int vocab, int intermediate,
            int keyValueHeads,
            int headDim, int positions, String bos, String eos) throws Exception {
        DecoderConfig config = read("{'model_type': '" + modelType + "'}");

        assertThat(config.vocabSize()).isEqualTo(vocab);
        assertThat(config.hiddenSize()).isEqualTo(4096);
        assertThat(config.intermediateSize()).isEqualTo(intermediate);
        assertThat(config.layers()).isEqualTo(32);
        assertThat(config.heads()).isEqualTo(32);
        assertThat(config.keyValueHeads()).isEqualTo(keyValueHeads);
        assertThat(config.headDim()).isEqualTo(headDim);
        assertThat(config.maxPositions()).isEqualTo(positions);
        assertThat(config.normEpsilon()).isEqualTo(1e-6);
        assertThat(config.tiedEmbeddings()).isFalse();
        assertThat(config.outputBias()).isFalse();
        assertThat(config.mlpBias()).isFalse();
        assertThat(config.queryKeyValueBias()).isEqualTo(modelType.equals("qwen2"));
        assertThat(config.queryKeyNorm()).isEqualTo(modelType.equals("qwen3"));
        assertThat(String.valueOf(config.bosToken())).isEqualTo(bos);
        assertThat(config.eosTokens()).hasToString(eos);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        // model_type, vocab, hidden, intermediate, layers, heads, kv heads, positions, epsilon, bos, eos, experts, per
        // token, width, shared width, normalised: the fields of the configuration classes of transformers 5.18.0
        "mixtral   | 32000  | 4096 | 14336 | 32 | 32 | 8  | 131072 | 1e-5 | 1    | [2] | 8   | 2 | 14336 | 0    | true",
        "qwen2_moe | 151936 | 2048 | 5632  | 24 | 16 | 16 | 32768  | 1e-6 | null | []  | 60  | 4 | 1408  | 5632 | false",
        "qwen3_moe | 151936 | 2048 | 6144  | 24 | 32 | 4  | 32768  | 1e-6 | null | []  | 128 | 8 | 768   | 0    | false"})
    void absentFieldsOfMixturesHaveTheDefaultsOfTheClass(String modelType, int vocab, int hidden,
            int intermediate, int layers, int heads, int keyValueHeads, int positions,
            double epsilon, String bos, String eos, int experts, int perToken, int width,
            int sharedWidth, boolean normalised) throws Exception {
        DecoderConfig config = read("{'model_type': '" + modelType + "'}");

        assertThat(config.vocabSize()).isEqualTo(vocab);
        assertThat(config.hiddenSize()).isEqualTo(hidden);
        assertThat(config.intermediateSize()).isEqualTo(intermediate);
        assertThat(config.layers()).isEqualTo(layers);
        assertThat(config.heads()).isEqualTo(heads);
        assertThat(config.keyValueHeads()).isEqualTo(keyValueHeads);
        assertThat(config.headDim()).isEqualTo(hidden / heads);
        assertThat(config.maxPositions()).isEqualTo(positions);
        assertThat(config.normEpsilon()).isEqualTo(epsilon);
        assertThat(String.valueOf(config.bosToken())).isEqualTo(bos);
        assertThat(config.eosTokens()).hasToString(eos);
        assertThat(config.queryKeyValueBias()).isEqualTo(modelType.equals("qwen2_moe"));
        assertThat(config.outputBias()).isFalse();
        assertThat(config.queryKeyNorm()).isEqualTo(modelType.equals("qwen3_moe"));
        assertThat(config.slidingWindows()).hasSize(layers).containsOnly(0);
        assertThat(config.experts()).isEqualTo(new MixtureOfExperts(
                modelType.equals("mixtral") ? Naming.MIXTRAL : Naming.QWEN, experts, perToken,
                width, normalised, sharedWidth, Collections.nCopies(layers, true)));
        double theta = modelType.equals("mixtral") ? 1e6 : 1e4;
        assertThat(config.rope().inverseFrequencies().get(1))
                .isEqualTo(Math.pow(theta, -2.0 / config.headDim()), within(1e-6));
    }

    @Test
    void layersAreDenseIfNamedOrNotAtTheStep() throws Exception {
        DecoderConfig config = read("{'model_type': 'qwen3_moe', 'num_hidden_layers': 6,"
                + " 'decoder_sparse_step': 2, 'mlp_only_layers': [3, 99], 'num_experts': 16,"
                + " 'num_local_experts': 16}");

        assertThat(IntStream.range(0, 6).filter(config::sparse)).containsExactly(1, 5);
        assertThat(config.layerWeights(0)).contains("model.layers.0.mlp.up_proj.weight")
                .hasSize(11);
        assertThat(config.layerWeights(1)).contains("model.layers.1.mlp.gate.weight",
                "model.layers.1.mlp.experts.15.down_proj.weight").hasSize(8 + 1 + 3 * 16);
    }

    @Test
    void windowsOfMixturesDependOnFamilyAndLayer() throws Exception {
        String sliding = "'num_hidden_layers': 5, 'use_sliding_window': true, 'sliding_window': 7}";

        assertThat(read("{'model_type': 'mixtral', 'num_hidden_layers': 2, 'sliding_window': 9}")
                .slidingWindows()).containsExactly(9, 9);
        assertThat(read("{'model_type': 'qwen2_moe', 'max_window_layers': 3, " + sliding)
                .slidingWindows()).containsExactly(7, 0, 7, 0, 0);
        assertThat(read("{'model_type': 'qwen3_moe', " + sliding).slidingWindows()).hasSize(5)
                .containsOnly(7);
    }

    @Test
    void qwen3HeadDimDoesNotFollowTheHiddenSize() throws Exception {
        assertThat(read("{'model_type': 'qwen3', 'hidden_size': 1024, 'num_attention_heads': 16,"
                + " 'num_key_value_heads': null}").headDim()).isEqualTo(128);
    }

    @Test
    void severalEndTokensAreKept() throws Exception {
        DecoderConfig config = read(
                "{'model_type': 'llama', 'bos_token_id': null, 'eos_token_id': [5, 7]}");
        assertThat(config.eosTokens()).containsExactly(5, 7);
        assertThat(config.bosToken()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "UNSUPPORTED | model_type                | {'model_type': 'gpt_neox'}",
        "CONFIG      | model_type                | {}",
        "CONFIG      | model_type                | {'model_type': 7}",
        "CONFIG      | architectures             | {'model_type': 'llama', 'architectures': ['GPT2LMHeadModel']}",
        "CONFIG      | architectures             | {'model_type': 'llama', 'architectures': 'LlamaForCausalLM'}",
        "UNSUPPORTED | auto_map                  | {'model_type': 'llama', 'auto_map': {'AutoModel': 'm.M'}}",
        "UNSUPPORTED | quantization_config       | {'model_type': 'llama', 'quantization_config': {}}",
        "UNSUPPORTED | hidden_act                | {'model_type': 'llama', 'hidden_act': 'gelu'}",
        "CONFIG      | hidden_size               | {'model_type': 'llama', 'hidden_size': '32'}",
        "CONFIG      | hidden_size               | {'model_type': 'llama', 'hidden_size': 32.0}",
        "CONFIG      | hidden_size               | {'model_type': 'llama', 'hidden_size': 4294967304}",
        "CONFIG      | hidden_size               | {'model_type': 'llama', 'hidden_size': 1e400}",
        "CONFIG      | num_attention_heads       | {'model_type': 'llama', 'num_attention_heads': 0}",
        "CONFIG      | num_attention_heads       | {'model_type': 'llama', 'num_attention_heads': 3}",
        "CONFIG      | num_key_value_heads       | {'model_type': 'llama', 'num_key_value_heads': 5}",
        "CONFIG      | num_key_value_heads       | {'model_type': 'qwen2', 'num_attention_heads': 8}",
        "CONFIG      | num_hidden_layers         | {'model_type': 'llama', 'num_hidden_layers': 2000000000}",
        "CONFIG      | head_dim                  | {'model_type': 'llama', 'head_dim': 7}",
        "CONFIG      | head_dim                  | {'model_type': 'llama', 'hidden_size': 16000000,"
                + " 'num_attention_heads': 1}",
        "CONFIG      | rms_norm_eps              | {'model_type': 'llama', 'rms_norm_eps': -1e-5}",
        "CONFIG      | rms_norm_eps              | {'model_type': 'llama', 'rms_norm_eps': '1e-5'}",
        "CONFIG      | attention_bias            | {'model_type': 'llama', 'attention_bias': 'false'}",
        "CONFIG      | tie_word_embeddings       | {'model_type': 'llama', 'tie_word_embeddings': 0}",
        "CONFIG      | eos_token_id              | {'model_type': 'llama', 'eos_token_id': [1, 'x']}",
        "CONFIG      | rope_theta                | {'model_type': 'llama', 'rope_theta': 0}",
        "CONFIG      | rope_scaling              | {'model_type': 'llama', 'rope_scaling': 'linear'}",
        "CONFIG      | rope_scaling.factor       | {'model_type': 'llama', 'rope_scaling': {'type': 'linear'}}",
        "UNSUPPORTED | rope_scaling.rope_type    | {'model_type': 'llama', 'rope_scaling': {'type': 'longrope'}}",
        "CONFIG      | rope_scaling.rope_type    | {'model_type': 'llama', 'rope_scaling': {'type': 'linear',"
                + " 'rope_type': 'yarn'}}",
        "CONFIG      | rope_parameters.rope_type | {'model_type': 'llama', 'rope_parameters': {'rope_type': 3}}",
        "UNSUPPORTED | rope_parameters.sliding   | {'model_type': 'qwen2', 'rope_parameters':"
                + " {'sliding_attention': {}}}",
        "UNSUPPORTED | partial_rotary_factor     | {'model_type': 'llama', 'partial_rotary_factor': 0.5}",
        "CONFIG      | rope_scaling.high_freq    | {'model_type': 'llama', 'rope_scaling': {'type': 'llama3',"
                + " 'factor': 2, 'low_freq_factor': 4, 'high_freq_factor': 4}}",
        "CONFIG      | layer_types               | {'model_type': 'qwen2', 'layer_types': ['full_attention']}",
        "CONFIG      | layer_types               | {'model_type': 'qwen2', 'num_hidden_layers': 1,"
                + " 'layer_types': ['sliding_attention']}",
        "UNSUPPORTED | layer_types               | {'model_type': 'qwen2', 'num_hidden_layers': 1,"
                + " 'layer_types': ['chunked_attention']}",
        "CONFIG      | sliding_window            | {'model_type': 'mistral', 'sliding_window': 0}",
        "CONFIG      | num_experts               | {'model_type': 'qwen2_moe', 'num_experts': 0}",
        "CONFIG      | num_experts               | {'model_type': 'qwen3_moe', 'num_experts': 2000000000}",
        "CONFIG      | num_experts               | {'model_type': 'qwen3_moe', 'num_experts': 8,"
                + " 'num_local_experts': 4}",
        "CONFIG      | num_local_experts         | {'model_type': 'mixtral', 'num_local_experts': '8'}",
        "UNSUPPORTED | scale_attn_weights        | {'model_type': 'gpt2', 'scale_attn_weights': false}",
        "UNSUPPORTED | scale_attn_by_inverse_lay | {'model_type': 'gpt2',"
                + " 'scale_attn_by_inverse_layer_idx': true}",
        "UNSUPPORTED | add_cross_attention       | {'model_type': 'gpt2', 'add_cross_attention': true}",
        "UNSUPPORTED | activation_function       | {'model_type': 'gpt2', 'activation_function': 'relu'}",
        "CONFIG      | n_head                    | {'model_type': 'gpt2', 'n_head': 7}",
        "CONFIG      | n_layer                   | {'model_type': 'gpt2', 'n_layer': 0}",
        "CONFIG      | num_experts_per_tok       | {'model_type': 'mixtral', 'num_experts_per_tok': 9}",
        "CONFIG      | num_experts_per_tok       | {'model_type': 'qwen2_moe', 'num_experts_per_tok': 0}",
        "CONFIG      | moe_intermediate_size     | {'model_type': 'qwen2_moe', 'moe_intermediate_size': -1}",
        "CONFIG      | shared_expert_intermediat | {'model_type': 'qwen2_moe',"
                + " 'shared_expert_intermediate_size': 1e9}",
        "CONFIG      | norm_topk_prob            | {'model_type': 'qwen3_moe', 'norm_topk_prob': 1}",
        "CONFIG      | decoder_sparse_step       | {'model_type': 'qwen3_moe', 'decoder_sparse_step': 0}",
        "CONFIG      | mlp_only_layers           | {'model_type': 'qwen3_moe', 'mlp_only_layers': 3}",
        "CONFIG      | mlp_only_layers           | {'model_type': 'qwen3_moe', 'mlp_only_layers': [-1]}",
        "CONFIG      | qkv_bias                  | {'model_type': 'qwen2_moe', 'qkv_bias': 'yes'}"})
    void impossibleValuesAreRefusedByField(Kind kind, String field, String json) {
        var refusal = catchThrowableOfType(CheckpointException.class, () -> read(json));

        assertThat(refusal).isNotNull();
        assertThat(refusal.kind()).isEqualTo(kind);
        assertThat(refusal).hasMessageStartingWith("config.json: " + field);
    }

    @Test
    void blocksNameTheirWeights() throws Exception {
        DecoderConfig config = golden("llama_bias");
        assertThat(config.embeddingWeights()).containsExactly("model.embed_tokens.weight");
        assertThat(config.headWeights()).containsExactly("model.norm.weight", "lm_head.weight");
        assertThat(config.layerWeights(1)).contains("model.layers.1.self_attn.o_proj.bias",
                "model.layers.1.mlp.down_proj.bias").hasSize(16);
        assertThat(golden("qwen3").layerWeights(0))
                .contains("model.layers.0.self_attn.q_norm.weight");
        assertThat(golden("llama_tied_rope3").headWeights()).containsExactly("model.norm.weight",
                "model.embed_tokens.weight");
    }

    private static DecoderConfig golden(String name) throws Exception {
        Path file = ARCHITECTURES.resolve(name).resolve("model/config.json");
        return DecoderConfigReader.read(file, json(file));
    }

    private static DecoderConfig read(String json) throws Exception {
        return DecoderConfigReader.read(Path.of("config.json"),
                JSON.readTree(json.replace('\'', '"')));
    }

    private static ObjectNode json(Path file) {
        try {
            JsonNode node = JSON.readTree(file.toFile());
            return (ObjectNode) node;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
