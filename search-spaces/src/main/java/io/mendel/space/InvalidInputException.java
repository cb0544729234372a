package io.mendel.space;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Something a user handed in is wrong: the message says what was required, what was found and where, then the remedy.
 *
 * <p>
 * Every package has its own subclass with its own kinds; the command line maps all of them to exit code 2.
 *
 * @since 0.1
 */
public abstract class InvalidInputException extends Exception {

    private static final long serialVersionUID = 1;

    /** An error with a message for people. */
    protected InvalidInputException(String message) {
        super(message);
    }

    /** An error with a message for people and the failure behind it. */
    protected InvalidInputException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /**
     * A remedy for a misspelt word: the nearest known one if it is near, else all of them.
     *
     * @param word what was written
     * @param known what could have been written
     */
    public static String didYouMean(String word, Collection<String> known) {
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = editDistance(word, candidate);
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best != null && bestDistance <= Math.max(2, word.length() / 3)
                ? "Did you mean '" + best + "'?"
                : "Known are: " + String.join(", ", known) + ".";
    }

    /** Levenshtein distance, O(n·m). */
    private static int editDistance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replace, 1 + Math.min(previous[j], row[j - 1]));
            }
            previous = row;
        }
        return previous[b.length()];
    }
}
