package io.mendel.search;

import java.util.Locale;

/**
 * The search algorithms, spelled in lower case in a campaign.
 *
 * @since 0.1
 */
public enum Algorithm {
    /** Elitist non-dominated sorting genetic algorithm, for any number of objectives. */
    NSGA2,
    /** The same genetic algorithm on the main objective alone. */
    GA,
    /** Covariance matrix adaptation on the main objective, with restarts; diagonal for many genes. */
    CMA_ES,
    /** Uniform random vectors, the baseline that every other algorithm must beat. */
    RANDOM;

    /** The name in a campaign. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
