package io.mendel.benchmark;

/** One question to the model, as text. */
sealed interface Request {

    /** The log-likelihood of a continuation after a context. */
    record Continuation(String context, String continuation) implements Request {}

    /** The log-likelihood of a whole text. */
    record Rolling(String text) implements Request {}

    /** A greedy continuation of a context. */
    record Generation(String context) implements Request {}
}
