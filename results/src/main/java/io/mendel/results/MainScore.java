package io.mendel.results;

import java.util.SortedMap;

/**
 * The one number that ranks trade-offs when a single model is wanted; more is better.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface MainScore {

    /** The main score of objectives by name; NaN if it cannot be told from them alone. */
    double of(SortedMap<String, Double> objectives);
}
