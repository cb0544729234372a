package io.mendel.benchmark;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/**
 * The documents of one split, in the order of their files.
 *
 * @param name the split's name, such as {@code validation}
 * @param file the (first) file, for messages
 * @param columns all columns that occur
 * @param docs the documents
 */
record Split(String name, Path file, SequencedSet<String> columns, List<Doc> docs) {

    /**
     * The split of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Split in(Map<String, Split> splits, String name) {
        Split split = splits.get(name);
        if (split == null) {
            throw new IllegalArgumentException(
                    "There is no split " + name + ", only " + splits.keySet() + ".");
        }
        return split;
    }
}
