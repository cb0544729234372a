package io.mendel.merge;

import static io.mendel.merge.TestModels.TestTensor.vector;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.merge.TestModels.TestTensor;
import io.mendel.space.MergekitReader;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The configuration of a model whose layers are not where they were in its parents. */
class MovedLayersTest {

    @TempDir
    Path folder;

    private Checkpoint model(String name, int layers, String config) throws Exception {
        var tensors = new TreeMap<String, TestTensor>();
        tensors.put("model.embed_tokens.weight", vector(1, 2));
        for (int i = 0; i < layers; i++) {
            tensors.put("model.layers." + i + ".mlp.up_proj.weight", vector(i, 1));
        }
        return TestModels.write(folder.resolve(name), config, DType.F32, tensors);
    }

    /** The path a3 a0 a0 b1. */
    private static JsonNode merged(Checkpoint a, Checkpoint b) throws Exception {
        Map<String, Checkpoint> parents = Map.of("a", a, "b", b);
        var recipe = MergekitReader.read("""
                merge_method: passthrough
                slices:
                - sources: [{model: a, layer_range: [3, 4]}]
                - sources: [{model: a, layer_range: [0, 1]}]
                - sources: [{model: a, layer_range: [0, 1]}]
                - sources: [{model: b, layer_range: [1, 2]}]
                """, "recipe.yaml");
        try (Merger merger = Merger.create(parents, StatisticsStore.inMemory(),
                new ScalarMergeKernels(), 1)) {
            return merger.open(MergePlanner.plan(recipe, parents)).config();
        }
    }

    @Test
    void listsOfAllLayersFollowTheLayersOfTheirOwnModels() throws Exception {
        String a = """
                {"model_type": "m", "num_hidden_layers": 4, "architectures": ["A", "B", "C", "D"],
                 "eos_token_id": [1, 2, 3, 4], "layer_types": ["w", "x", "y", "z"],
                 "no_rope_layers": [1, 1, 1, 0], "per_layer_width": [10, 11, 12, 13], "other": [1, 2]}
                """;
        String b = """
                {"model_type": "m", "num_hidden_layers": 3, "layer_types": ["p", "q", "r"],
                 "no_rope_layers": [0, 0, 1], "per_layer_width": [20, 21, 22]}
                """;
        try (Checkpoint first = model("a", 4, a); Checkpoint second = model("b", 3, b)) {
            JsonNode config = merged(first, second);

            assertThat(config.get("num_hidden_layers").asInt()).isEqualTo(4);
            assertThat(config.get("layer_types")).hasToString("[\"z\",\"w\",\"w\",\"q\"]");
            assertThat(config.get("no_rope_layers")).hasToString("[0,1,1,0]");
            assertThat(config.get("per_layer_width")).hasToString("[13,10,10,21]");
            for (String untouched : new String[]{"eos_token_id", "architectures", "other"}) {
                assertThat(config.get(untouched))
                        .isEqualTo(new ObjectMapper().readTree(a).get(untouched));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{'model_type': 'gemma2', 'num_hidden_layers': 4} | FSSF",
        "{'model_type': 'gemma3_text', 'num_hidden_layers': 4, 'sliding_window_pattern': 2} | FSSF",
        "{'model_type': 'qwen2', 'num_hidden_layers': 4, 'use_sliding_window': true,"
                + " 'sliding_window': 8, 'max_window_layers': 1} | SFFS",
        "{'model_type': 'qwen2', 'num_hidden_layers': 4, 'use_sliding_window': false} | none",
        "{'model_type': 'llama', 'num_hidden_layers': 4} | none"})
    void whatANumberDecidesIsWrittenDown(String config, String types) throws Exception {
        String json = config.replace('\'', '"');
        try (Checkpoint a = model("a", 4, json); Checkpoint b = model("b", 4, json)) {
            var found = new StringBuilder();
            merged(a, b).path("layer_types")
                    .forEach(type -> found
                            .append(type.asText().equals("full_attention") ? 'F' : 'S'));

            assertThat(found.isEmpty() ? "none" : found.toString()).isEqualTo(types);
        }
    }

    @Test
    void denseLayersOfMixturesStayDense() throws Exception {
        String a = "{\"model_type\": \"qwen3_moe\", \"num_hidden_layers\": 4, \"mlp_only_layers\": [0]}";
        String b = "{\"model_type\": \"qwen3_moe\", \"num_hidden_layers\": 4, \"decoder_sparse_step\": 3}";
        try (Checkpoint first = model("a", 4, a); Checkpoint second = model("b", 4, b)) {
            JsonNode config = merged(first, second);

            assertThat(config.get("mlp_only_layers")).hasToString("[1,2,3]");
            assertThat(config.get("decoder_sparse_step").asInt()).isEqualTo(1);
        }
    }
}
