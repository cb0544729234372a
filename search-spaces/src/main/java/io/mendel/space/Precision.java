package io.mendel.space;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Floating-point type in which a merged model is stored, named as in mergekit.
 *
 * @since 0.1
 */
public enum Precision {
    FLOAT32("float32"), FLOAT16("float16"), BFLOAT16("bfloat16");

    private final String word;

    Precision(String word) {
        this.word = word;
    }

    /** The name used in recipes, such as {@code bfloat16}. */
    public String word() {
        return word;
    }

    /** All names used in recipes. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Precision::word).toList();
    }

    /** The type of this name; a leading {@code torch.} is ignored. */
    public static Optional<Precision> of(String word) {
        String bare = word.startsWith("torch.") ? word.substring("torch.".length()) : word;
        return Arrays.stream(values()).filter(p -> p.word.equals(bare)).findFirst();
    }
}
