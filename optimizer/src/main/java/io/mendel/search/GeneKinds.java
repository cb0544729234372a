package io.mendel.search;

import java.util.Collections;
import java.util.List;

/**
 * Which coordinates of a vector are numbers and which stand for one of several words.
 *
 * <p>
 * Between words there is no middle: operators copy, swap and draw them, but never compute with them.
 *
 * @param words for each coordinate, the number of words that the unit interval is cut into evenly; 0 for a number
 * @since 0.1
 */
public record GeneKinds(List<Integer> words) {

    public GeneKinds {
        words = List.copyOf(words);
        for (int count : words) {
            if (count < 0) {
                throw new IllegalArgumentException(
                        "A coordinate has at least 0 words, not " + count + ".");
            }
        }
    }

    /**
     * Numbers only.
     *
     * @param genes how many
     */
    public static GeneKinds numbers(int genes) {
        return new GeneKinds(Collections.nCopies(genes, 0));
    }

    /** Number of coordinates. */
    int size() {
        return words.size();
    }

    /** Whether coordinate {@code i} is a word. */
    boolean isWord(int i) {
        return words.get(i) > 0;
    }

    /** Whether all coordinates are numbers. */
    boolean numbersOnly() {
        return words.stream().allMatch(count -> count == 0);
    }

    /** The place of the word that a coordinate stands for. */
    int word(int i, double coordinate) {
        return Math.min((int) (coordinate * words.get(i)), words.get(i) - 1);
    }

    /** The coordinate in the middle of a word's part of the unit interval. */
    double coordinate(int i, int word) {
        return (word + 0.5) / words.get(i);
    }
}
