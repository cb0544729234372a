package io.mendel.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.search.SearchException;
import io.mendel.search.SearchSettings;
import io.mendel.space.DocumentException;
import io.mendel.space.YamlFields;
import java.util.List;

/** Reads settings of a search strategy. */
final class SearchSection {

    private SearchSection() {}

    /**
     * The settings that a mapping changes.
     *
     * @param defaults what is not given
     * @param others keys of the mapping that are no settings
     */
    static SearchSettings read(YamlFields fields, SearchSettings defaults, List<String> others)
            throws DocumentException {
        SearchSettings settings = defaults;
        try {
            for (var entry : fields.node().properties()) {
                JsonNode value = entry.getValue();
                if (!others.contains(entry.getKey()) && !value.isNull()) {
                    settings = settings.with(entry.getKey(), value.isIntegralNumber()
                            ? value.asLong()
                            : value.isNumber() ? value.asDouble() : value.asText());
                }
            }
        } catch (SearchException e) {
            throw new DocumentException(fields.origin(), fields.place(),
                    String.valueOf(e.getMessage()), "");
        }
        return settings;
    }
}
