package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Byte-pair encoding: characters or bytes, joined pair by pair in the order of the merges.
 *
 * <p>
 * The merges of a union are the first model's, then the next one's that are new, and so on. An earlier merge always
 * goes first, so a text is split as the first model splits it, and then joined further where others have a rule for
 * two neighbours. A piece of the others is reached if its parts are; how the first model splits a text may hide one.
 *
 * <p>
 * Sennrich, Haddow and Birch, <i>Neural Machine Translation of Rare Words with Subword Units</i>, 2016,
 * <a href="https://arxiv.org/abs/1508.07909">arXiv:1508.07909</a>.
 *
 * @param pieces the id of each piece
 * @param merges the pairs, the most important first
 * @param paired whether the file writes a merge as a pair, and not as one text with a space
 * @param settings the other fields of the section
 */
record BytePairModel(Map<String, Integer> pieces, SequencedSet<Merge> merges, boolean paired,
        ObjectNode settings) implements SubwordModel {

    static final String TYPE = "BPE";
    private static final String PREFIX = "continuing_subword_prefix";
    private static final String SUFFIX = "end_of_word_suffix";

    /**
     * A rule that joins two neighbours.
     *
     * @param left the first piece
     * @param right the second piece
     */
    record Merge(String left, String right) {}

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public @Nullable String refusal(SubwordModel other, Collection<String> newPieces) {
        if (!(other instanceof BytePairModel pairs)) {
            return "it splits text by " + other.type() + ", not by " + TYPE;
        }
        for (String key : List.of(PREFIX, SUFFIX)) {
            if (!text(settings, key).equals(text(pairs.settings, key))) {
                return "it marks the ends of words differently (" + key + ")";
            }
        }
        return null;
    }

    private static String text(ObjectNode settings, String key) {
        return settings.path(key).asText("");
    }

    @Override
    public ObjectNode json(SortedMap<Integer, String> tokens, List<SubwordModel> others) {
        Set<String> known = new HashSet<>(tokens.values());
        SequencedSet<Merge> all = new LinkedHashSet<>();
        add(this, known, all);
        for (SubwordModel other : others) {
            add((BytePairModel) other, known, all);
        }
        ObjectNode json = settings.deepCopy();
        json.set("vocab", SubwordModel.table(tokens));
        ArrayNode list = json.putArray("merges");
        boolean spaces = all.stream()
                .anyMatch(merge -> merge.left.contains(" ") || merge.right.contains(" "));
        for (Merge merge : all) {
            if (paired || spaces) {
                list.addArray().add(merge.left).add(merge.right);
            } else {
                list.add(merge.left + " " + merge.right);
            }
        }
        return json;
    }

    /** Adds the merges that stay within the vocabulary. */
    private static void add(BytePairModel model, Set<String> known, SequencedSet<Merge> all) {
        int prefix = text(model.settings, PREFIX).length();
        for (Merge merge : model.merges) {
            if (known.contains(merge.left) && known.contains(merge.right)
                    && known.contains(joined(merge, prefix))) {
                all.add(merge);
            }
        }
    }

    private static String joined(Merge merge, int prefix) {
        return merge.left + merge.right.substring(Math.min(prefix, merge.right.length()));
    }

}
