package io.mendel.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The file {@code model.safetensors.index.json}: which shard holds which tensor. */
final class ShardIndex {

    static final String FILE = "model.safetensors.index.json";

    private static final long MAX_BYTES = 32_000_000;
    private static final String REMEDY = "The index is damaged or incomplete: download or export the checkpoint again.";

    private ShardIndex() {}

    /** Reads the shard's name for each tensor; {@code metadata} is ignored, its total size is often wrong. */
    static SortedMap<String, String> read(ModelFolder folder) throws CheckpointException {
        Path file = folder.file(FILE);
        JsonNode weightMap = StrictJson.object(file, MAX_BYTES, Kind.INDEX, REMEDY)
                .path("weight_map");
        if (!weightMap.isObject() || weightMap.isEmpty()) {
            throw new CheckpointException(Kind.INDEX, file,
                    "The field weight_map must be an object that names the shard of each tensor; it is "
                            + (weightMap.isMissingNode()
                                    ? "absent"
                                    : weightMap.isObject() ? "empty" : "no object")
                            + ".",
                    REMEDY);
        }
        SortedMap<String, String> shards = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
            if (!entry.getValue().isTextual()) {
                throw new CheckpointException(Kind.INDEX, file,
                        "weight_map.%s must be a file name, not %s.".formatted(entry.getKey(),
                                entry.getValue()),
                        REMEDY);
            }
            shards.put(entry.getKey(), entry.getValue().textValue());
        }
        return shards;
    }

    /** The exception for a tensor that is not where the index says. */
    static CheckpointException absent(ModelFolder folder, String tensor, String shard) {
        return new CheckpointException(Kind.INDEX, folder.directory().resolve(FILE),
                "The tensor '" + tensor + "' must be in '" + shard + "', but is not.", REMEDY);
    }
}
