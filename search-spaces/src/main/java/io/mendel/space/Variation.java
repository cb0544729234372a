package io.mendel.space;

import java.util.random.RandomGenerator;

/**
 * Mutation and crossover made for a space whose genes only mean something together.
 *
 * <p>
 * What comes out depends on the arguments alone. Vectors that come out are canonical. Thread-safe.
 *
 * @since 0.1
 */
public interface Variation {

    /** A point near the best known one, for a first generation. */
    double[] start(RandomGenerator random);

    /** A neighbour of a point; now and then the point itself. */
    double[] mutated(double[] vector, RandomGenerator random);

    /** A child of two points: the beginning of the first and the end of the second. */
    double[] crossed(double[] first, double[] second, RandomGenerator random);
}
