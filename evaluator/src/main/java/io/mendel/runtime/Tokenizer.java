package io.mendel.runtime;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.CheckpointException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of a Hugging Face model folder: {@code tokenizer.json}, read by the original Rust library.
 *
 * <p>
 * Nothing is ever truncated or padded, whatever the file says. Thread-safe until closed.
 *
 * @since 0.1
 */
public final class Tokenizer implements AutoCloseable {

    static final String FILE = "tokenizer.json";
    private static final long MAX_BYTES = 512L << 20;

    private final HuggingFaceTokenizer tokenizer;
    private final TokenizerSettings settings;

    private Tokenizer(HuggingFaceTokenizer tokenizer, TokenizerSettings settings) {
        this.tokenizer = tokenizer;
        this.settings = settings;
    }

    /**
     * Opens the tokenizer of a model folder.
     *
     * @throws CheckpointException of kind {@link Kind#TOKENIZER} if {@code tokenizer.json} is missing, malformed, or of
     *             a model type that the library does not know
     */
    public static Tokenizer open(Path modelDirectory) throws CheckpointException {
        Path file = modelDirectory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(Kind.TOKENIZER, file, "The file does not exist.",
                    "Save the tokenizer with transformers (save_pretrained writes tokenizer.json) beside the model; "
                            + "SentencePiece files are not read.");
        }
        OnnxEngine.configure();
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new CheckpointException(Kind.TOKENIZER, file,
                        "The file must not be larger than 512 MiB.",
                        "Download the tokenizer again.");
            }
            TokenizerSettings settings = TokenizerSettings.read(modelDirectory);
            return new Tokenizer(HuggingFaceTokenizer.newInstance(file,
                    Map.of("truncation", "false", "padding", "false")), settings);
        } catch (IOException | RuntimeException e) {
            throw new CheckpointException(Kind.TOKENIZER, file,
                    "The tokenizer library did not accept the file: " + e.getMessage() + ".",
                    "Download the tokenizer again; it must be one that the tokenizers library 0.21 reads.",
                    e);
        }
    }

    /**
     * The token ids of a text.
     *
     * @param addSpecialTokens whether the file's template adds its tokens, such as a beginning-of-sequence token
     */
    public int[] encode(String text, boolean addSpecialTokens) {
        return ids(tokenizer.encode(text, addSpecialTokens, false));
    }

    /** The token ids of a pair of texts, joined by the file's template. */
    int[] encodePair(String first, String second) {
        return ids(tokenizer.encode(first, second, true, false));
    }

    private static int[] ids(Encoding encoding) {
        return Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray();
    }

    /**
     * The text of token ids.
     *
     * @param skipSpecialTokens whether special tokens are left out
     */
    public String decode(int[] ids, boolean skipSpecialTokens) {
        if (ids.length == 0) {
            return "";
        }
        String text = tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(),
                skipSpecialTokens);
        return settings.cleanUp() ? cleanUp(text) : text;
    }

    /** Text of the beginning-of-sequence token, if the settings name one. */
    public @Nullable String bosToken() {
        return settings.bos();
    }

    /** Text of the end-of-sequence token, if the settings name one. */
    public @Nullable String eosToken() {
        return settings.eos();
    }

    /** Id of the beginning-of-sequence token, if there is one. */
    public OptionalInt bosId() {
        return id(settings.bos());
    }

    /** Id of the end-of-sequence token, if there is one. */
    public OptionalInt eosId() {
        return id(settings.eos());
    }

    /** Longest sequence that the settings state, if they state a limit. */
    public OptionalInt modelMaxLength() {
        return settings.modelMaxLength() > 0
                ? OptionalInt.of(settings.modelMaxLength())
                : OptionalInt.empty();
    }

    private OptionalInt id(@Nullable String token) {
        int[] ids = token == null ? new int[0] : encode(token, false);
        return ids.length == 1 ? OptionalInt.of(ids[0]) : OptionalInt.empty();
    }

    /** The replacements of {@code clean_up_tokenization} in transformers, in its order. */
    private static String cleanUp(String text) {
        return text.replace(" .", ".")
                .replace(" ?", "?")
                .replace(" !", "!")
                .replace(" ,", ",")
                .replace(" ' ", "'")
                .replace(" n't", "n't")
                .replace(" 'm", "'m")
                .replace(" 's", "'s")
                .replace(" 've", "'ve")
                .replace(" 're", "'re");
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
