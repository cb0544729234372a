package io.mendel.runtime;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** Golden data made with transformers 5.18.0 and torch 2.13; see the README files there. */
final class GoldenFolder {

    static final Path ROOT = Path.of(System.getProperty("golden.dir", "src/test/resources/golden"));
    static final Path DEMO = Path.of("../optimizer/demo");

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private GoldenFolder() {}

    static JsonNode json(Path file) throws IOException {
        return MAPPER.readTree(file.toFile());
    }

    static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asInt();
        }
        return values;
    }

    /** Copies a model with another configuration, which must not be changed in place. */
    static Path withConfig(Path model, Path config, Path target) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(model)) {
            files = all.filter(file -> !file.endsWith("config.json")).toList();
        }
        for (Path file : files) {
            Files.copy(file, target.resolve(file.getFileName().toString()),
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Files.copy(config, target.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
        return target;
    }
}
