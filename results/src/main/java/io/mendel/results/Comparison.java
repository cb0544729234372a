package io.mendel.results;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The winner beside a baseline, item by item of the held-out test.
 *
 * @param against the baseline's name
 * @param main the main score
 * @param accuracy for each task that counts right answers, what only one of the two got right
 * @since 0.1
 */
public record Comparison(String against, PairedTest main, SortedMap<String, Discordance> accuracy) {

    /**
     * Items that one of two models solves and the other does not.
     *
     * @param onlyWinner how many only the winner solves
     * @param onlyOther how many only the other solves
     * @since 0.1
     */
    public record Discordance(int onlyWinner, int onlyOther) {
        /** The p-value of McNemar's exact test. */
        public double pValue() {
            return PairedTest.mcNemar(onlyWinner, onlyOther);
        }
    }

    public Comparison {
        accuracy = new TreeMap<>(accuracy);
    }

    /** One line, such as {@code better than random search by 0.0280 [0.0112, 0.0447], p = 0.0010}. */
    public String text() {
        return "%s than %s by %.4f [%.4f, %.4f], p = %.4f".formatted(
                main.difference() >= 0 ? "better" : "worse", against, Math.abs(main.difference()),
                main.difference() >= 0 ? main.low() : -main.high(),
                main.difference() >= 0 ? main.high() : -main.low(), main.pValue());
    }

    /** Writes the fields into a JSON object. */
    public void write(ObjectNode node) {
        node.put("against", against)
                .put("difference", main.difference())
                .put("low", main.low())
                .put("high", main.high())
                .put("p_value", main.pValue());
        var tasks = node.putObject("mcnemar");
        accuracy.forEach((task, counts) -> tasks.putObject(task)
                .put("only_winner", counts.onlyWinner)
                .put("only_other", counts.onlyOther)
                .put("p_value", counts.pValue()));
    }
}
