package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.CompanionFiles;
import io.mendel.merge.ModelCompanions;
import io.mendel.merge.ModelCompanions.Content;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts together the files beside the merged weights; what does not change is copied as it is. */
final class TokenizerFiles {

    /** What stays of a tokenizer's files if its vocabulary changes; the others repeat the old one in older formats. */
    private static final List<String> WITHOUT_VOCABULARY = List.of(TokenizerReader.CONFIG,
            "special_tokens_map.json");
    private static final String TEMPLATE_KEY = "chat_template";

    private final Path tokenizer;
    private ModelCompanions files;
    private @Nullable ObjectNode changedConfig;

    private TokenizerFiles(Path tokenizer, ModelCompanions files) {
        this.tokenizer = tokenizer;
        this.files = files;
    }

    /** The files of a donor, the tokenizer, its template and the ids it implies from another folder. */
    static TokenizerFiles of(Path donor, Path tokenizer) throws CheckpointException {
        ModelCompanions files = ModelCompanions.of(donor);
        if (!tokenizer.equals(donor)) {
            ModelCompanions others = ModelCompanions.of(tokenizer);
            for (var names : List.of(ModelCompanions.TOKENIZER, ModelCompanions.TEMPLATE)) {
                for (String name : names) {
                    files = files.with(name, others.files().get(name));
                }
            }
            ObjectNode generation = json(donor, ModelCompanions.GENERATION);
            if (generation != null) {
                copyIds(json(tokenizer, ModelCompanions.GENERATION), generation);
                files = files.with(ModelCompanions.GENERATION, text(generation));
            }
        }
        return new TokenizerFiles(tokenizer, files);
    }

    /** Replaces all settings that name a token's id by those of a source, if there is one. */
    static void copyIds(@Nullable JsonNode source, ObjectNode target) {
        if (source == null) {
            return;
        }
        var names = new ArrayList<String>();
        target.fieldNames().forEachRemaining(names::add);
        names.stream().filter(TokenizerFiles::namesAnId).forEach(target::remove);
        for (Map.Entry<String, JsonNode> entry : source.properties()) {
            if (namesAnId(entry.getKey())) {
                target.set(entry.getKey(), entry.getValue());
            }
        }
    }

    private static boolean namesAnId(String key) {
        return key.endsWith("_token_id") || key.endsWith("_token_ids");
    }

    /** Puts in another vocabulary; nothing changes if it is the one of the files. */
    void setVocabulary(OutputVocabulary vocabulary) throws CheckpointException {
        if (!vocabulary.isChanged()) {
            return;
        }
        for (String name : ModelCompanions.TOKENIZER) {
            if (!WITHOUT_VOCABULARY.contains(name)) {
                files = files.with(name, null);
            }
        }
        files = files.with(TokenizerReader.FILE, text(vocabulary.document()));
        ObjectNode config = config();
        if (config != null && config.has(TokenizerReader.DECODER)) {
            ObjectNode decoder = config.putObject(TokenizerReader.DECODER);
            vocabulary.added()
                    .forEach((id, token) -> decoder.set(String.valueOf(id), token.decoded()));
            changedConfig = config;
        }
    }

    /**
     * Puts in a chat template: into {@code chat_template.jinja}, and into {@code tokenizer_config.json} where there is
     * one already.
     */
    void setTemplate(String template) throws CheckpointException {
        files = files.with("chat_template.json", null)
                .with("chat_template.jinja", new Content.Text(template));
        ObjectNode config = config();
        if (config != null && config.has(TEMPLATE_KEY)) {
            config.put(TEMPLATE_KEY, template);
            changedConfig = config;
        }
    }

    private @Nullable ObjectNode config() throws CheckpointException {
        return changedConfig != null ? changedConfig : json(tokenizer, TokenizerReader.CONFIG);
    }

    ModelCompanions build() {
        return changedConfig == null
                ? files
                : files.with(TokenizerReader.CONFIG, text(changedConfig));
    }

    private static @Nullable ObjectNode json(Path directory, String name)
            throws CheckpointException {
        return CompanionFiles.of(directory)
                .json(name, TokenizerReader.MAX_BYTES, Kind.TOKENIZER, TokenizerReader.AGAIN);
    }

    private static Content text(JsonNode json) {
        return new Content.Text(json.toPrettyString() + "\n");
    }
}
