package io.mendel.results;

/**
 * The outcome of scoring one recipe on one set of items.
 *
 * @param key what was evaluated
 * @param outcome what came of it
 * @param seconds how long it took; a timing, so no part of the evaluation's identity
 * @since 0.1
 */
public record Evaluation(EvaluationKey key, Outcome outcome, double seconds) {

    public Evaluation {
        if (!(seconds >= 0) || Double.isInfinite(seconds)) {
            throw new IllegalArgumentException(
                    "An evaluation takes at least 0 seconds, not " + seconds + ".");
        }
    }
}
