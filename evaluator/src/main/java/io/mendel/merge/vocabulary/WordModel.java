package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * WordPiece and WordLevel: a set of pieces, the longest that fits is taken.
 *
 * @param type which of the two
 * @param pieces the id of each piece
 * @param settings the other fields of the section
 */
record WordModel(String type, Map<String, Integer> pieces,
        ObjectNode settings) implements SubwordModel {

    static final String WORD_PIECE = "WordPiece";
    static final String WORD_LEVEL = "WordLevel";
    private static final String PREFIX = "continuing_subword_prefix";

    @Override
    public @Nullable String refusal(SubwordModel other, Collection<String> newPieces) {
        if (other instanceof WordModel words && words.type.equals(type)
                && words.settings.path(PREFIX).equals(settings.path(PREFIX))) {
            return null;
        }
        return other.type().equals(type)
                ? "its pieces inside words begin differently (" + PREFIX + ")"
                : "it splits text by " + other.type() + ", not by " + type;
    }

    @Override
    public ObjectNode json(SortedMap<Integer, String> tokens, List<SubwordModel> others) {
        ObjectNode json = settings.deepCopy();
        json.set("vocab", SubwordModel.table(tokens));
        return json;
    }
}
