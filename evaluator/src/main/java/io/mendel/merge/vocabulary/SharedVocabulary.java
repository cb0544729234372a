package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.JsonNode;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.CompanionFiles;
import io.mendel.merge.MergeException;
import io.mendel.space.LateLogger;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether models can be merged row by row: equally many embedding rows, and no id that stands for different tokens.
 *
 * <p>
 * Some models may have tokens for ids that others leave unused; their names are missing in the output, whose tokenizer
 * is the first model's, and a warning says so. Merges and other rules of splitting may differ. A model without
 * {@code tokenizer.json} is taken to agree.
 *
 * @since 0.1
 */
public final class SharedVocabulary {

    private static final System.Logger LOGGER = LateLogger.of(SharedVocabulary.class);

    private final Map<Integer, String> tokens = new HashMap<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<Integer, String> owners = new HashMap<>();

    private SharedVocabulary() {}

    /**
     * Looks for a difference.
     *
     * @param models the models by name, the donor of the tokenizer first
     * @return what differs, as a sentence; null if the models can be merged row by row
     * @throws CheckpointException if a tokenizer cannot be read
     */
    public static @Nullable String difference(Map<String, Checkpoint> models)
            throws CheckpointException {
        if (models.size() < 2) {
            return null;
        }
        Map<String, Long> rows = new HashMap<>();
        String first = models.keySet().iterator().next();
        for (Map.Entry<String, Checkpoint> model : models.entrySet()) {
            Long own = rows(model.getKey(), model.getValue());
            rows.put(model.getKey(), own);
            Long expected = rows.get(first);
            if (expected != null && own != null && !own.equals(expected)) {
                return "The vocabularies of '%s' and '%s' differ: the embedding has %d rows in one and %d in the other."
                        .formatted(first, model.getKey(), expected, own);
            }
        }
        String cut = cutTokens(first, Objects.requireNonNull(models.get(first)), rows.get(first));
        return cut != null ? cut : new SharedVocabulary().compare(models, rows);
    }

    /** A donor whose embedding was cut to the size of the others' must not have tokens beyond. */
    private static @Nullable String cutTokens(String name, Checkpoint model, @Nullable Long rows)
            throws CheckpointException {
        JsonNode file = Alignment.config(model.directory());
        if (rows == null || file == null || file.path(Alignment.VOCAB_SIZE).asLong() <= rows) {
            return null;
        }
        ModelTokenizer tokenizer = TokenizerReader.readIfPresent(name, model.directory(), rows);
        return tokenizer == null || tokenizer.dropped() == 0
                ? null
                : "The vocabularies differ: only %d embedding rows are common to all models, but the tokenizer of '%s' has %d tokens more."
                        .formatted(rows, name, tokenizer.dropped());
    }

    private static @Nullable Long rows(String name, Checkpoint model) {
        try {
            return TokenTensors.of(name, model).rows();
        } catch (MergeException e) {
            LOGGER.log(Level.DEBUG, "Not a language model.", e);
            return null;
        }
    }

    private @Nullable String compare(Map<String, Checkpoint> models, Map<String, Long> rows)
            throws CheckpointException {
        Path firstFile = null;
        for (Map.Entry<String, Checkpoint> model : models.entrySet()) {
            String name = model.getKey();
            Path directory = model.getValue().directory();
            Path file = CompanionFiles.of(directory).file(TokenizerReader.FILE);
            if (file == null) {
                continue;
            }
            if (firstFile != null && sameContent(firstFile, file)) {
                continue;
            }
            Long limit = rows.get(name);
            ModelTokenizer tokenizer = TokenizerReader.read(name, directory,
                    limit == null ? Long.MAX_VALUE : limit);
            String difference = add(tokenizer, firstFile == null);
            if (difference != null) {
                return difference;
            }
            firstFile = firstFile == null ? file : firstFile;
        }
        return null;
    }

    private static boolean sameContent(Path a, Path b) throws CheckpointException {
        try {
            return Files.mismatch(a, b) == -1;
        } catch (IOException e) {
            throw new CheckpointException(Kind.UNREADABLE, b,
                    "The file cannot be read (" + e + ").",
                    "Check its permissions and the disk.", e);
        }
    }

    private @Nullable String add(ModelTokenizer tokenizer, boolean first) {
        int unknown = 0;
        for (Map.Entry<Integer, String> entry : tokenizer.tokens().entrySet()) {
            int id = entry.getKey();
            String token = entry.getValue();
            String known = tokens.putIfAbsent(id, token);
            if (known == null) {
                Integer elsewhere = ids.putIfAbsent(token, id);
                if (elsewhere != null) {
                    return "The vocabularies of '%s' and '%s' differ: the token '%s' has the ids %d and %d."
                            .formatted(owner(elsewhere), tokenizer.model(),
                                    TokenizerReader.brief(token), elsewhere, id);
                }
                owners.put(id, tokenizer.model());
                unknown++;
            } else if (!known.equals(token)) {
                return "The vocabularies of '%s' and '%s' differ: the id %d stands for '%s' and for '%s'."
                        .formatted(owner(id), tokenizer.model(), id, TokenizerReader.brief(known),
                                TokenizerReader.brief(token));
            }
        }
        if (unknown > 0 && !first) {
            LOGGER.log(Level.WARNING,
                    "{0} tokens of ''{1}'' are not in the tokenizer of the output; tokenizer_source: union keeps them.",
                    unknown, tokenizer.model());
        }
        return null;
    }

    private String owner(int id) {
        return Objects.requireNonNull(owners.get(id));
    }
}
