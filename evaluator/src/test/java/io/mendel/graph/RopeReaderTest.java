package io.mendel.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The expected numbers are transformers' own; rope.json names the versions. */
class RopeReaderTest {

    static Stream<Named<JsonNode>> cases() throws IOException {
        try (InputStream json = Objects
                .requireNonNull(RopeReaderTest.class.getResourceAsStream("rope.json"))) {
            JsonNode cases = new ObjectMapper().readTree(json).path("cases");
            return StreamSupport.stream(cases.spliterator(), false)
                    .map(c -> Named.of(c.path("name").asText(), c));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void frequenciesAreThoseOfTransformers(JsonNode expected) throws Exception {
        var rope = DecoderConfigReader.read(Path.of("config.json"), expected.path("config")).rope();

        List<Double> frequencies = rope.inverseFrequencies();
        assertThat(frequencies).hasSameSizeAs(expected.path("inverse_frequencies"));
        for (int i = 0; i < frequencies.size(); i++) {
            float reference = (float) expected.path("inverse_frequencies").get(i).doubleValue();
            // pow of torch and of Java may differ by one ulp, the blend of two of them by a few.
            assertThat(frequencies.get(i)).as("pair %d", i)
                    .isCloseTo(reference, within(4.0 * Math.ulp(reference)));
        }
        assertThat(rope.attentionFactor())
                .isCloseTo(expected.path("attention_factor").doubleValue(), within(1e-15));
    }
}
