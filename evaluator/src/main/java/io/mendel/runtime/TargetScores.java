package io.mendel.runtime;

/**
 * What the model says about the targets of one {@link ScoredSequence}.
 *
 * @param logProbabilities natural log-probability of each target; NaN only if the model produced NaN
 * @param greedy whether the target is the most probable token at its position (lowest id wins ties)
 * @since 0.1
 */
public record TargetScores(float[] logProbabilities, boolean[] greedy) {}
