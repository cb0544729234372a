package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Golden numbers computed with NumPy from the paper's formulas on three deltas of eight elements (2026-11). */
class GenomeOperatorsTest {
    private static final double[] TAU1 = {0.4, -0.1, 0.05, 0, -0.3, 0.2, -0.02, 0.6};
    private static final double[] TAU2 = {-0.2, -0.35, 0.15, 0.08, -0.1, -0.25, 0.01, 0.3};
    private static final double[] TAU3 = {0.1, 0.25, -0.45, 0.12, 0.5, -0.05, 0.03, -0.15};
    private static final Offset<Double> TOLERANCE = within(1e-6);

    @Test
    void crossoverWeighsParentsByTheirFitness() {
        assertThat(GenomeOperators.combine(TAU1, 0.6, TAU2, 0.3)).containsExactly(
                new double[]{0.2, -0.183333, 0.083333, 0.026667, -0.233333, 0.05, -0.01, 0.5},
                TOLERANCE);
        assertThat(GenomeOperators.combine(TAU1, 0, TAU2, 0)[0]).isCloseTo(0.1, TOLERANCE);
    }

    @Test
    void mutationAddsNoiseWhereTheMaskIsSet() {
        double[] noise = {0.1, -0.2, 0.3, 0.4, -0.5, 0.6, -0.7, 0.8};
        boolean[] mask = {true, false, false, true, false, false, false, true};
        assertThat(GenomeOperators.mutate(TAU1, 0.001, noise, mask)).containsExactly(
                new double[]{0.4001, -0.1, 0.05, 0.0004, -0.3, 0.2, -0.02, 0.6008}, TOLERANCE);
    }

    @Test
    void successionMovesTowardsTheBestAndAwayFromTheWorst() {
        var velocity = new double[8];
        var own = new double[8];
        for (int i = 0; i < 8; i++) {
            velocity[i] = TAU2[i] - TAU1[i];
            own[i] = TAU1[i] + 0.1;
        }
        double[] v = GenomeOperators.velocity(velocity, TAU1, own, TAU2, TAU3,
                new double[]{1, 1, 1, 1});
        assertThat(v).containsExactly(new double[]{-0.271429, -0.164286, 0.157143, 0.057143,
            0.028571, -0.192857, 0.038571, -0.035714}, TOLERANCE);
        assertThat(GenomeOperators.move(TAU1, 0.5 * 0.95, v)).containsExactly(
                new double[]{0.271071, -0.178036, 0.124643, 0.027143, -0.286429, 0.108393,
                    -0.001679, 0.583036},
                TOLERANCE);
    }
}
