package io.mendel.merge.vocabulary;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A unigram language model: the split of a text with the highest sum of scores.
 *
 * <p>
 * Scores are log-probabilities under one model, so pieces of different models cannot be mixed. Added tokens can: they
 * never take part in the search, and get the score 0 that SentencePiece gives its control symbols.
 *
 * <p>
 * Kudo, <i>Subword Regularization: Improving Neural Network Translation Models with Multiple Subword Candidates</i>,
 * 2018, <a href="https://arxiv.org/abs/1804.10959">arXiv:1804.10959</a>.
 *
 * @param pieces the id of each piece, its place in the list
 * @param scores the score of each piece
 * @param settings the other fields of the section
 */
record UnigramModel(Map<String, Integer> pieces, Map<String, Double> scores,
        ObjectNode settings) implements SubwordModel {

    static final String TYPE = "Unigram";

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public @Nullable String refusal(SubwordModel other, Collection<String> newPieces) {
        if (newPieces.isEmpty()) {
            return null;
        }
        return "its pieces have scores of another language model, which cannot be compared ("
                + newPieces.size() + " of its pieces are new, for example '"
                + newPieces.iterator().next() + "')";
    }

    @Override
    public ObjectNode json(SortedMap<Integer, String> tokens, List<SubwordModel> others) {
        ObjectNode json = settings.deepCopy();
        ArrayNode list = json.putArray("vocab");
        for (String token : tokens.values()) {
            list.addArray().add(token).add(scores.getOrDefault(token, 0.0));
        }
        return json;
    }
}
