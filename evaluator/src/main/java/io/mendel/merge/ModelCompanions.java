package io.mendel.merge;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointWriter;
import io.mendel.checkpoint.CompanionFiles;
import io.mendel.checkpoint.FolderWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files that a merged model carries beside weights and {@code config.json}: tokenizer, chat template, defaults of
 * generation.
 *
 * @param files the content of each file, by its name
 * @since 0.1
 */
public record ModelCompanions(SortedMap<String, Content> files) {

    /** The files that make up a tokenizer, in the formats of all versions. */
    public static final List<String> TOKENIZER = List.of("tokenizer.json", "tokenizer_config.json",
            "tokenizer.model", "special_tokens_map.json", "added_tokens.json", "vocab.json",
            "vocab.txt", "merges.txt");

    /** The files that hold a chat template, in the formats of all versions. */
    public static final List<String> TEMPLATE = List.of("chat_template.jinja",
            "chat_template.json");

    /** The defaults of generation. */
    public static final String GENERATION = "generation_config.json";

    /** What a file holds. */
    public sealed interface Content {

        /**
         * A copy of a file.
         *
         * @param path the file
         */
        record Copy(Path path) implements Content {}

        /**
         * A text, written as UTF-8.
         *
         * @param text the text
         */
        record Text(String text) implements Content {}
    }

    public ModelCompanions {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }

    /**
     * Copies of all such files of a model.
     *
     * @param directory the model's folder
     * @throws CheckpointException if one of them is a link out of the folder
     */
    public static ModelCompanions of(Path directory) throws CheckpointException {
        var files = CompanionFiles.of(directory);
        var copies = new TreeMap<String, Content>();
        for (List<String> names : List.of(TOKENIZER, TEMPLATE, List.of(GENERATION))) {
            for (String name : names) {
                Path file = files.file(name);
                if (file != null) {
                    copies.put(name, new Content.Copy(file));
                }
            }
        }
        return new ModelCompanions(copies);
    }

    /** These files, with one replaced or added; or removed, if the content is null. */
    public ModelCompanions with(String name, @Nullable Content content) {
        var changed = new TreeMap<>(files);
        if (content == null) {
            changed.remove(name);
        } else {
            changed.put(name, content);
        }
        return new ModelCompanions(changed);
    }

    /**
     * Writes the files into a folder that exists.
     *
     * @throws IOException if one of them exists or cannot be written
     */
    public void save(Path directory) throws IOException {
        for (Map.Entry<String, Content> file : files.entrySet()) {
            Path target = directory.resolve(file.getKey());
            switch (file.getValue()) {
                case Content.Copy(Path path) -> Files.copy(path, target);
                case Content.Text(String text) -> Files.writeString(target, text);
            }
        }
    }

    /**
     * Writes the files into a folder that is being filled.
     *
     * @throws CheckpointException if one of them cannot be read or written
     */
    public void write(FolderWriter writer) throws CheckpointException {
        for (Map.Entry<String, Content> file : files.entrySet()) {
            switch (file.getValue()) {
                case Content.Copy(Path path) -> writer.carry(path, file.getKey());
                case Content.Text(String text) -> writer.text(file.getKey(), text);
            }
        }
    }

    /** Writes the files beside weights. */
    void write(CheckpointWriter writer) throws CheckpointException {
        for (Map.Entry<String, Content> file : files.entrySet()) {
            switch (file.getValue()) {
                case Content.Copy(Path path) -> writer.carry(path, file.getKey());
                case Content.Text(String text) -> writer.text(file.getKey(), text);
            }
        }
    }
}
