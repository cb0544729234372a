package io.mendel.checkpoint;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A key of {@code rank_pattern} or {@code alpha_pattern}: a regular expression for the end of a module's name.
 *
 * <p>
 * The key may come from anyone, and regular expressions can take exponential time. Matching therefore stops with an
 * error after a million looks at a character.
 */
final class ModulePattern {

    private static final int MAX_LENGTH = 1000;

    private final AdapterConfig config;
    private final String key;
    private final Pattern pattern;

    private ModulePattern(AdapterConfig config, String key, Pattern pattern) {
        this.config = config;
        this.key = key;
        this.pattern = pattern;
    }

    static ModulePattern of(AdapterConfig config, String key) throws CheckpointException {
        try {
            if (key.length() <= MAX_LENGTH) {
                return new ModulePattern(config, key, Pattern.compile("(?:.*\\.)?(?:" + key + ")"));
            }
        } catch (PatternSyntaxException e) {
            // Reported below, as is an absurdly long one.
        }
        throw config.invalid("The pattern '" + key.substring(0, Math.min(key.length(), 100))
                + "' must be a regular expression of at most " + MAX_LENGTH + " characters.");
    }

    boolean matches(String module) throws CheckpointException {
        try {
            return pattern.matcher(new CountedText(module)).matches();
        } catch (TooManyLooksException e) {
            throw config.invalid("The pattern '" + key + "' takes too long to match.");
        }
    }

    private static final class TooManyLooksException extends IllegalStateException {

        private static final long serialVersionUID = 1L;
    }

    /** A text that can be looked at a million times. */
    private static final class CountedText implements CharSequence {

        private final String text;
        private int looks;

        CountedText(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++looks > 1_000_000) {
                throw new TooManyLooksException();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int begin, int end) {
            return text.subSequence(begin, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
