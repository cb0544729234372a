package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.graph.DecoderConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapeDifferenceTest {

    private static final Path GOLDEN = Path
            .of("../evaluator/src/test/resources/golden/architectures");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"vocab_size": 97}                                   | vocab_size              | 96    | 97
            {"head_dim": 12}                                     | head_dim                | 8     | 12
            {"mlp_bias": true}                                   | mlp_bias                | false | true
            {"rope_parameters": {"rope_theta": 500, "rope_type": "default"}} | rope.inverse_frequencies | [1.0, 0.1 | [1.0, 0.2
            {"max_position_embeddings": 128, "eos_token_id": 7}  | | |
            """)
    void propertiesHaveTheNamesOfConfigurations(String change, String property, String first,
            String second) throws Exception {
        ShapeDifference difference = ShapeDifference.between(llama("{}"), llama(change));
        if (property == null) {
            assertThat(difference).isNull();
        } else {
            assertThat(difference).isNotNull();
            assertThat(difference.property()).isEqualTo(property);
            assertThat(difference.first()).startsWith(first);
            assertThat(difference.second()).startsWith(second);
        }
    }

    @Test
    void whatOnlyOneHasIsNone() throws Exception {
        DecoderConfig sparse;
        try (Checkpoint mixtral = Checkpoint.open(GOLDEN.resolve("mixtral/model"))) {
            sparse = DecoderConfig.of(mixtral);
        }
        assertThat(ShapeDifference.between(llama("{\"intermediate_size\": 24}"), sparse))
                .isEqualTo(new ShapeDifference("experts", "none", "given"));
    }

    private static DecoderConfig llama(String change) throws Exception {
        var json = new ObjectMapper();
        try (Checkpoint model = Checkpoint.open(GOLDEN.resolve("llama/model"))) {
            ObjectNode config = (ObjectNode) model.config();
            config.setAll((ObjectNode) json.readTree(change));
            return DecoderConfig.of(model.directory(), config, model.tensors().keySet());
        }
    }
}
