package io.mendel.merge;

import io.mendel.merge.ParameterCompetition.Competition;
import java.util.List;

/**
 * The score β of {@link ParameterCompetition}, with what it needs of all elements.
 *
 * <p>
 * With n models, {@code mm} the min-max scaling of a model's elements to [0, 1] (0 where all are equal), {@code a} the
 * clipped magnitude and {@code ν = sgn(τ)·mm(a)}:
 * <ul>
 * <li>release: {@code exp(n·mm(a)² − n) · tanh(τₜ · Σᵤ τᵤ)}
 * <li>pairwise: {@code exp(n·mm(a)² − n) · Σᵤ tanh(νₜ·νᵤ)}
 * <li>paper: {@code softmax(n·mm(τₜ²)) · Σᵤ softmax(mm(τₜ·τᵤ))}· d²
 * </ul>
 *
 * <p>
 * The factors exp(−n) and d² are not in the publications; they keep β inside the range of fp32 and cancel out.
 */
sealed interface CompetitionScore permits ClippedCompetition, SoftmaxCompetition {

    /** Scores the deltas of one element. */
    void beta(float[] delta, float[] beta);

    /** The delta that is averaged. */
    double clipped(int model, float delta);

    static CompetitionScore of(Competition competition, GlobalInputs inputs, int models) {
        return switch (competition.variant()) {
            case RELEASE -> ClippedCompetition.of(inputs, models, competition.clip(), false);
            case PAIRWISE -> ClippedCompetition.of(inputs, models, competition.clip(), true);
            case PAPER -> SoftmaxCompetition.of(inputs, models);
        };
    }

    /** {@code (x − min) / (max − min)}, or 0 if they are equal. */
    static double scaled(double x, double min, double max) {
        return max > min ? (x - min) / (max - min) : 0;
    }

    /** The sum of a number for each tensor, in their order. */
    static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    /** Ranks of the clipped magnitudes: {@code ⌊d·q⌋} and {@code ⌊d·(1 − q) − 1⌋}, inside the vector. */
    static List<Long> clipRanks(long d, double q) {
        return List.of(Math.min((long) Math.floor(d * q), d - 1),
                Math.clamp((long) Math.floor(d * (1 - q) - 1), 0, d - 1));
    }
}
