package io.mendel.search;

/**
 * Creates search strategies.
 *
 * @since 0.1
 */
public final class Strategies {
    private Strategies() {}

    /**
     * A strategy at its first generation.
     *
     * @param settings the algorithm and its settings
     * @param problem the space to search
     */
    public static SearchStrategy create(SearchSettings settings, SearchProblem problem) {
        return switch (settings.algorithm()) {
            case NSGA2 -> new Nsga2(settings, problem, objectives -> objectives);
            case GA ->
                new Nsga2(settings, problem, objectives -> new double[]{problem.rate(objectives)});
            case CMA_ES -> new CmaEs(settings, problem);
            case RANDOM -> new RandomSearch(settings, problem);
        };
    }
}
