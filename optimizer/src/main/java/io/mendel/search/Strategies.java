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
     * @param settings the algorithm and its settings; {@code auto} is taken for one objective and some 400 evaluations
     * @param problem the space to search
     */
    public static SearchStrategy create(SearchSettings settings, SearchProblem problem) {
        return switch (settings.algorithm()) {
            case NSGA2 -> new Nsga2(settings, problem, objectives -> objectives);
            case NSGA3 -> new Nsga3(settings, problem);
            case SMS_EMOA -> new SmsEmoa(settings, problem);
            case MAP_ELITES -> new MapElites(settings, problem);
            case NICHES -> new Niches(settings, problem);
            case GENOME -> new Genome(settings, problem);
            case PORTFOLIO -> new Portfolio(settings, problem);
            case GA ->
                new Nsga2(settings, problem, objectives -> new double[]{problem.rate(objectives)});
            case CMA_ES -> new CmaEs(settings, problem, false);
            case SEP_CMA_ES -> new CmaEs(settings, problem, true);
            case AUTO -> create(AutoChoice.resolve(settings, problem, 1, 400), problem);
            case RANDOM -> new RandomSearch(settings, problem);
        };
    }

    /**
     * The settings with {@code auto} replaced by the algorithm that suits; others as they are.
     *
     * @param settings the settings
     * @param problem the space to search
     * @param objectives number of objectives, at least 1
     * @param evaluations what the campaign may spend; 0 if that is not known
     */
    public static SearchSettings resolve(SearchSettings settings, SearchProblem problem,
            int objectives, int evaluations) {
        return settings.algorithm() == Algorithm.AUTO
                ? AutoChoice.resolve(settings, problem, objectives, evaluations)
                : settings;
    }
}
