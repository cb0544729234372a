package io.mendel.benchmark;

import java.util.List;

/**
 * What a task asks of the model for each document.
 *
 * @since 0.1
 */
public enum OutputType {
    /** The log-likelihood of each choice after the prompt. */
    MULTIPLE_CHOICE("multiple_choice"),
    /** The log-likelihood of one continuation after the prompt. */
    LOGLIKELIHOOD("loglikelihood"),
    /** The log-likelihood of a whole text. */
    LOGLIKELIHOOD_ROLLING("loglikelihood_rolling"),
    /** A greedy continuation of the prompt. */
    GENERATE_UNTIL("generate_until");

    private final String fieldName;

    OutputType(String fieldName) {
        this.fieldName = fieldName;
    }

    /** The name in task files. */
    public String fieldName() {
        return fieldName;
    }

    List<Metric> defaultMetrics() {
        return switch (this) {
            case MULTIPLE_CHOICE -> List.of(Metric.ACC, Metric.ACC_NORM);
            case LOGLIKELIHOOD -> List.of(Metric.PERPLEXITY, Metric.ACC);
            case LOGLIKELIHOOD_ROLLING ->
                List.of(Metric.WORD_PERPLEXITY, Metric.BYTE_PERPLEXITY, Metric.BITS_PER_BYTE);
            case GENERATE_UNTIL -> List.of(Metric.EXACT_MATCH);
        };
    }
}
