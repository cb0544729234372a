package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The section {@code model} of a tokenizer: how text is split into pieces. */
sealed interface SubwordModel permits BytePairModel, UnigramModel, WordModel {

    /** The name of the algorithm. */
    String type();

    /** The id of each piece. */
    Map<String, Integer> pieces();

    /**
     * Why this model cannot learn pieces from another, as the end of a sentence about the other; null if it can.
     *
     * @param newPieces the other's pieces that this one lacks
     */
    @Nullable
    String refusal(SubwordModel other, Collection<String> newPieces);

    /**
     * This model with another vocabulary.
     *
     * @param tokens all tokens by id, added tokens as well, so that their ids do not depend on the number of pieces
     * @param others models whose pieces are among the tokens; their rules of joining follow this one's
     * @return the content of the section {@code model}
     */
    ObjectNode json(SortedMap<Integer, String> tokens, List<SubwordModel> others);

    /** The mapping from tokens to ids that most models have. */
    static ObjectNode table(SortedMap<Integer, String> tokens) {
        ObjectNode table = JsonNodeFactory.instance.objectNode();
        tokens.forEach((id, token) -> table.put(token, id));
        return table;
    }
}
