package io.mendel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.campaign.SmallCampaign;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parents whose layers cannot follow each other are refused before anything runs, whatever the space of paths. */
class PathRefusalsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path MATH = SmallCampaign.DEMO.resolve("models/math-en");
    private static final int WIDTH = 128;
    private static final int WIDER = 144;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"{type: data_flow}", "{type: hybrid, methods: [task_arithmetic]}",
        "{type: hybrid, mode: joint, methods: [ties]}"})
    void parentsOfOtherWidth(String space) throws Exception {
        assertRefused(space, wider(), "hidden_size is " + WIDER, "choose fine-tunes of one base");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{type: data_flow}", "{type: hybrid, methods: [task_arithmetic]}",
        "{type: hybrid, mode: joint, methods: [ties]}"})
    void parentsOfOtherVocabulary(String space) throws Exception {
        assertRefused(space, swappedTokens(), "token", "tokenizer_source");
    }

    private void assertRefused(String space, Path parent, String reason, String remedy)
            throws Exception {
        Path file = Files.writeString(folder.resolve("paths.yaml"), SmallCampaign.YAML
                .replace("{type: parameter, methods: [dare_ties], layer_groups: 2, filters: [mlp]}",
                        space)
                .replace("models/chat-ja", parent.toString())
                .replace("models/", SmallCampaign.DEMO + "/models/")
                .replace("tasks/", SmallCampaign.DEMO + "/tasks/"));
        assertThat(file).content().contains(space, parent.toString());
        Path directory = folder.resolve("campaign");
        var err = new ByteArrayOutputStream();
        var terminal = new Terminal(new PrintStream(new ByteArrayOutputStream()),
                new PrintStream(err, true, StandardCharsets.UTF_8), false);

        int code = Mendel.commandLine(terminal)
                .execute("run", file.toString(), "--dir", directory.toString());

        String said = err.toString(StandardCharsets.UTF_8);
        assertThat(code).as(said).isEqualTo(ExitCode.INPUT);
        assertThat(said.strip()).hasLineCount(1)
                .contains(parent.getFileName().toString(), reason, remedy);
        assertThat(directory).doesNotExist();
    }

    private Path copy(String name) throws Exception {
        Path copy = Files.createDirectory(folder.resolve(name));
        try (var files = Files.list(MATH)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        return copy;
    }

    /** The same architecture and vocabulary, but a wider hidden state; all weights are 0. */
    private Path wider() throws Exception {
        Path model = copy("wider");
        Path config = model.resolve("config.json");
        Files.writeString(config, Files.readString(config)
                .replace("\"hidden_size\": " + WIDTH,
                        "\"hidden_size\": " + WIDER));
        byte[] old = Files.readAllBytes(model.resolve("model.safetensors"));
        long length = ByteBuffer.wrap(old).order(ByteOrder.LITTLE_ENDIAN).getLong();
        var header = (ObjectNode) JSON.readTree(old, Long.BYTES, (int) length);
        header.remove("__metadata__");
        int end = 0;
        for (var entry : header.properties()) {
            var shape = (ArrayNode) entry.getValue().get("shape");
            // Queries are as wide as the hidden state, too: heads times their width, which stays.
            boolean into = entry.getKey().contains("o_proj") || entry.getKey().contains("down_proj")
                    || shape.size() == 1;
            shape.set(into ? 0 : 1, WIDER);
            int bytes = 2;
            for (var size : shape) {
                bytes *= size.asInt();
            }
            assertThat(entry.getValue().get("dtype").asText()).isEqualTo("BF16");
            ((ObjectNode) entry.getValue()).putArray("data_offsets").add(end).add(end + bytes);
            end += bytes;
        }
        byte[] text = JSON.writeValueAsBytes(header);
        var content = ByteBuffer.allocate(Long.BYTES + text.length + end)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text);
        Files.write(model.resolve("model.safetensors"), content.array());
        return model;
    }

    /** The same weights, but two tokens have each other's ids. */
    private Path swappedTokens() throws Exception {
        Path model = copy("swapped");
        Path file = model.resolve("tokenizer.json");
        var tokenizer = JSON.readTree(file.toFile());
        var vocabulary = (ObjectNode) tokenizer.at("/model/vocab");
        var tokens = vocabulary.propertyStream().map(Map.Entry::getKey).toList();
        String one = tokens.get(tokens.size() / 2);
        String other = tokens.get(tokens.size() / 2 + 1);
        int id = vocabulary.get(one).asInt();
        vocabulary.put(one, vocabulary.get(other).asInt());
        vocabulary.put(other, id);
        JSON.writeValue(file.toFile(), tokenizer);
        return model;
    }
}
