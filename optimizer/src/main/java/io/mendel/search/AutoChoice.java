package io.mendel.search;

/** Which algorithm suits a search; the evidence is in the module's README. */
final class AutoChoice {
    /** Evaluations from which a front of several objectives can be spread as well as pushed. */
    private static final int ENOUGH_FOR_A_FRONT = 2000;
    /** Genes above which correlations cost more evaluations than they save. */
    private static final int MANY_GENES = 50;

    private AutoChoice() {}

    /**
     * The settings with an algorithm instead of {@code auto}.
     *
     * @param evaluations the budget; 0 if it is not known
     */
    static SearchSettings resolve(SearchSettings settings, SearchProblem problem, int objectives,
            int evaluations) {
        int genes = problem.genes();
        if (problem.variation() != null) {
            boolean front = objectives >= 2 && evaluations >= ENOUGH_FOR_A_FRONT;
            return settings.with(front ? Algorithm.NSGA2 : Algorithm.GA);
        }
        if (objectives >= 2 && evaluations >= ENOUGH_FOR_A_FRONT) {
            return settings.with(objectives == 2 ? Algorithm.NSGA2 : Algorithm.NSGA3);
        }
        boolean many = genes > MANY_GENES || (evaluations > 0 && evaluations < 3 * genes);
        return settings.with(many ? Algorithm.SEP_CMA_ES : Algorithm.CMA_ES);
    }
}
