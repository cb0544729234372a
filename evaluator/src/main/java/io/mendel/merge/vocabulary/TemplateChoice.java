package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.CompanionFiles;
import io.mendel.space.ChatTemplate;
import io.mendel.space.LateLogger;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Finds the chat template that a recipe asks for. */
final class TemplateChoice {

    private static final System.Logger LOGGER = LateLogger.of(TemplateChoice.class);
    private static final int MAX_BYTES = 4_000_000;
    private static final String KEY = "chat_template";

    private TemplateChoice() {}

    /**
     * The text of a template.
     *
     * @param template what the recipe asks for
     * @param models the folders of the merged models, in the recipe's order
     * @return null if the most common template is wanted, but no model has any
     */
    static @Nullable String text(ChatTemplate template, Collection<Path> models)
            throws CheckpointException {
        return switch (template) {
            case ChatTemplate.Literal(String jinja) -> jinja;
            case ChatTemplate.Named(String name) -> builtIn(name);
            case ChatTemplate.Auto() -> mostCommon(models);
        };
    }

    private static @Nullable String mostCommon(Collection<Path> models)
            throws CheckpointException {
        SequencedMap<String, Integer> counts = new LinkedHashMap<>();
        for (Path model : models) {
            String template = of(model);
            if (template != null) {
                counts.merge(template, 1, Integer::sum);
            }
        }
        String best = null;
        for (Map.Entry<String, Integer> entry : counts.entrySet()) {
            // Only more counts, so that of equally common ones the first stays.
            if (best == null
                    || entry.getValue() > Objects.requireNonNull(counts.get(best))) {
                best = entry.getKey();
            }
        }
        if (best == null) {
            LOGGER.log(Level.WARNING,
                    "No model has a chat template, so chat_template: auto gives the output none.");
        }
        return best;
    }

    /** The template of a model folder, from the newest of the places where transformers keeps it; null if none. */
    static @Nullable String of(Path directory) throws CheckpointException {
        var files = CompanionFiles.of(directory);
        String text = files.text("chat_template.jinja", MAX_BYTES, Kind.TOKENIZER,
                TokenizerReader.AGAIN);
        if (text != null) {
            return text;
        }
        for (String name : new String[]{TokenizerReader.CONFIG, "chat_template.json"}) {
            ObjectNode file = files.json(name, TokenizerReader.MAX_BYTES, Kind.TOKENIZER,
                    TokenizerReader.AGAIN);
            String found = file == null ? null : defaultOf(file.path(KEY));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable String defaultOf(JsonNode templates) {
        if (templates.isTextual()) {
            return templates.textValue();
        }
        for (JsonNode named : templates) {
            if (named.path("name").asText("").equals("default")
                    && named.path("template").isTextual()) {
                return named.path("template").textValue();
            }
        }
        return null;
    }

    private static String builtIn(String name) {
        try (InputStream stream = TemplateChoice.class.getResourceAsStream(name + ".jinja")) {
            return new String(Objects.requireNonNull(stream, name).readAllBytes(),
                    StandardCharsets.UTF_8).stripTrailing();
        } catch (IOException e) {
            throw new UncheckedIOException("The program is damaged.", e);
        }
    }
}
