package io.mendel.campaign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.mendel.results.Amendment;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import io.mendel.space.DocumentException;
import io.mendel.space.YamlFields;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads campaign files.
 *
 * @since 0.1
 */
public final class Campaigns {

    private static final ObjectMapper YAML = new ObjectMapper(YAMLFactory.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .build());

    private Campaigns() {}

    /**
     * Reads a campaign file and changes some of its values.
     *
     * @param text the YAML
     * @param file where it comes from; relative paths start at its folder
     * @param overrides dotted key paths, such as {@code search.seed} or {@code objectives.NAME.floor}, to values in YAML
     * @throws DocumentException if the result is not a valid campaign
     */
    public static CampaignSpec read(String text, Path file, Map<String, String> overrides)
            throws DocumentException {
        YamlFields top = YamlFields.parse(text, file.toString());
        String effective = text;
        if (!overrides.isEmpty()) {
            ObjectNode root = top.node().deepCopy();
            for (var override : overrides.entrySet()) {
                set(root, override.getKey(), override.getValue());
            }
            try {
                effective = YAML.writeValueAsString(root);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("A parsed document can always be written.", e);
            }
        }
        Path folder = file.toAbsolutePath().normalize().getParent();
        return CampaignReader.read(effective, file.toString(),
                folder == null ? Path.of("") : folder);
    }

    /**
     * The campaign that is frozen in a directory.
     *
     * @param directory a campaign's directory
     * @throws StoreException if it holds none
     * @throws DocumentException if an older version wrote a campaign that is no longer valid
     */
    public static CampaignSpec frozen(Path directory) throws StoreException, DocumentException {
        try (CampaignStore store = CampaignStore.read(directory)) {
            return CampaignSummary.begun(store, directory);
        }
    }

    /**
     * The changes to a campaign that has begun, checked.
     *
     * @param directory a campaign's directory
     * @param changes dotted key paths, such as {@code budget.evaluations}, to values in YAML
     * @throws DocumentException if a key must not change or a value is wrong
     */
    public static List<Amendment> amendments(Path directory, Map<String, String> changes)
            throws StoreException, DocumentException {
        try (CampaignStore store = CampaignStore.read(directory)) {
            return Amendments.of(CampaignSummary.begun(store, directory), store.amendments(),
                    changes);
        }
    }

    /** The entry of a list with this name, or null. */
    private static @Nullable JsonNode named(JsonNode list, String name) {
        for (JsonNode item : list) {
            if (item.path("name").asText().equals(name)) {
                return item;
            }
        }
        return null;
    }

    private static void set(ObjectNode root, String path, String value) throws DocumentException {
        ObjectNode node = root;
        String[] keys = path.split("\\.", -1);
        for (int i = 0; i < keys.length - 1; i++) {
            JsonNode next = node.get(keys[i]);
            if (next != null && next.isArray()
                    && named(next, keys[i + 1]) instanceof ObjectNode item
                    && i + 2 < keys.length) {
                node = item;
                i++;
                continue;
            }
            if (next == null || next.isNull()) {
                next = node.putObject(keys[i]);
            }
            if (!(next instanceof ObjectNode object)) {
                throw new DocumentException("--set " + path, "", "'" + keys[i] + "' is no mapping.",
                        "Set a key inside a mapping, such as search.seed.");
            }
            node = object;
        }
        node.set(keys[keys.length - 1],
                YamlFields.parse("value: " + value, "--set " + path).node().get("value"));
    }
}
