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
    /** Non-dominated sorting along reference directions, for three and more objectives. */
    NSGA3,
    /** Selection by hypervolume, a few offspring at a time, for two or three objectives and few evaluations. */
    SMS_EMOA,
    /** A map of specialists for each objective (CycleQD). */
    MAP_ELITES,
    /** Candidates share the reward of each item and mate with those that pass what they fail (M2N2). */
    NICHES,
    /** Succession, crossover, mutation and tournaments on the main objective (GENOME+). */
    GENOME,
    /** Several operators on the main objective, paid by what they gain. */
    PORTFOLIO,
    /** The same genetic algorithm on the main objective alone. */
    GA,
    /** Covariance matrix adaptation on the main objective, with restarts; diagonal for many genes. */
    CMA_ES,
    /** The same without correlations, for many genes. */
    SEP_CMA_ES,
    /** The algorithm that suits the numbers of objectives, genes and evaluations. */
    AUTO,
    /** Uniform random vectors, the baseline that every other algorithm must beat. */
    RANDOM;

    /**
     * Whether candidates are made by arithmetic on their genes alone; the others ask the space for mutants and children
     * where it has a {@link io.mendel.space.Variation} of its own.
     */
    public boolean computesWithGenes() {
        return this == CMA_ES || this == SEP_CMA_ES || this == GENOME;
    }

    /** Whether candidates are compared objective by objective; others look at the main objective alone. */
    public boolean comparesObjectives() {
        return switch (this) {
            case NSGA2, NSGA3, SMS_EMOA, MAP_ELITES, NICHES -> true;
            case GENOME, PORTFOLIO, GA, CMA_ES, SEP_CMA_ES, AUTO, RANDOM -> false;
        };
    }

    /** The name in a campaign. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
