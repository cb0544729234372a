package io.mendel.benchmark;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A number per document and how the numbers of many documents become one.
 *
 * <p>
 * All but the last three are those of lm-evaluation-harness. {@link #CHOICE_PROBABILITY}, {@link #SOFT_ACC} and
 * {@link #LOGLIKELIHOOD} change smoothly with the weights and are always computed, so that a search can climb where
 * accuracies are flat.
 *
 * @since 0.1
 */
public enum Metric {
    /** Whether the most likely choice is right; for {@code loglikelihood} tasks whether the target is greedy. */
    ACC(true, Aggregation.MEAN),
    /** Whether the choice with the highest log-likelihood per character is right. */
    ACC_NORM(true, Aggregation.MEAN),
    /** Whether the choice with the highest log-likelihood per UTF-8 byte is right. */
    ACC_BYTES(true, Aggregation.MEAN),
    /** Whether the choice that gains most from the prompt is right; doubles the requests. */
    ACC_MUTUAL_INFO(true, Aggregation.MEAN),
    /** Whether the output equals the target; for multiple choice whether the right choice is greedy. */
    EXACT_MATCH(true, Aggregation.MEAN),
    /** Squared distance of the choices' probabilities from the truth, in [0, 2]. */
    BRIER_SCORE(false, Aggregation.BRIER),
    /** Exponential of the mean negative log-likelihood per document. */
    PERPLEXITY(false, Aggregation.PERPLEXITY),
    /** Exponential of the mean negative log-likelihood per word. */
    WORD_PERPLEXITY(false, Aggregation.WEIGHTED_PERPLEXITY),
    /** Exponential of the mean negative log-likelihood per UTF-8 byte. */
    BYTE_PERPLEXITY(false, Aggregation.WEIGHTED_PERPLEXITY),
    /** Mean negative log-likelihood per UTF-8 byte, in bits. */
    BITS_PER_BYTE(false, Aggregation.BITS_PER_BYTE),
    /** Probability of the right choice among the choices (softmax of their log-likelihoods), in [0, 1]. */
    CHOICE_PROBABILITY(true, Aggregation.MEAN),
    /**
     * Like {@link #CHOICE_PROBABILITY}, but of the probabilities' cubes: nearer to {@link #ACC}, to which it tends for ever
     * higher powers, and still smooth.
     */
    SOFT_ACC(true, Aggregation.MEAN),
    /** Log-likelihood of the right answer in nats. */
    LOGLIKELIHOOD(true, Aggregation.MEAN);

    private final boolean higherIsBetter;
    private final Aggregation aggregation;

    Metric(boolean higherIsBetter, Aggregation aggregation) {
        this.higherIsBetter = higherIsBetter;
        this.aggregation = aggregation;
    }

    /** The name in task files and results, such as {@code acc_norm}. */
    public String fieldName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether more is better unless a task says otherwise. */
    public boolean higherIsBetter() {
        return higherIsBetter;
    }

    /** How documents are combined unless a task says otherwise. */
    public Aggregation aggregation() {
        return aggregation;
    }

    /** The metric of this name, or null. */
    static @Nullable Metric named(String fieldName) {
        for (Metric metric : values()) {
            if (metric.fieldName().equals(fieldName)) {
                return metric;
            }
        }
        return null;
    }

    static Set<Metric> availableFor(OutputType type) {
        return switch (type) {
            case MULTIPLE_CHOICE ->
                EnumSet.of(ACC, ACC_NORM, ACC_BYTES, ACC_MUTUAL_INFO, EXACT_MATCH, BRIER_SCORE,
                        CHOICE_PROBABILITY, SOFT_ACC, LOGLIKELIHOOD);
            case LOGLIKELIHOOD -> EnumSet.of(PERPLEXITY, ACC, LOGLIKELIHOOD);
            case LOGLIKELIHOOD_ROLLING ->
                EnumSet.of(WORD_PERPLEXITY, BYTE_PERPLEXITY, BITS_PER_BYTE, LOGLIKELIHOOD);
            case GENERATE_UNTIL -> EnumSet.of(EXACT_MATCH);
        };
    }

    /** The smooth metrics that documents of this type have besides those of the task file. */
    static Set<Metric> smoothFor(OutputType type) {
        return switch (type) {
            case MULTIPLE_CHOICE -> EnumSet.of(CHOICE_PROBABILITY, SOFT_ACC, LOGLIKELIHOOD);
            case LOGLIKELIHOOD, LOGLIKELIHOOD_ROLLING -> EnumSet.of(LOGLIKELIHOOD);
            case GENERATE_UNTIL -> EnumSet.noneOf(Metric.class);
        };
    }
}
