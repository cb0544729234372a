package io.mendel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.space.DocumentException;
import java.nio.file.Path;
import java.util.List;

/** The number of layers that a model's {@code config.json} names, of whatever architecture. */
final class ModelDepth {

    private static final List<String> FIELDS = List.of("num_hidden_layers", "n_layer",
            "num_layers", "n_layers");
    private static final int MOST = 10_000;

    private ModelDepth() {}

    static int of(Path model) throws CheckpointException, DocumentException {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            for (JsonNode config : List.of(checkpoint.config(),
                    checkpoint.config().path("text_config"))) {
                for (String field : FIELDS) {
                    int layers = config.path(field).asInt(0);
                    if (layers > 0 && layers <= MOST) {
                        return layers;
                    }
                }
            }
        }
        throw new DocumentException(model.resolve("config.json").toString(), "num_hidden_layers",
                "the number of layers is not given.", "Say it with --layers.");
    }
}
