package io.mendel.search;

import java.util.List;
import java.util.random.RandomGenerator;

/** Uniform random vectors; seeds and scores are ignored. */
final class RandomSearch implements SearchStrategy {
    private final SearchSettings settings;
    private final SearchProblem problem;
    private final Proposals proposals;
    private int generation;

    RandomSearch(SearchSettings settings, SearchProblem problem) {
        this.settings = settings;
        this.problem = problem;
        proposals = new Proposals(problem);
        propose();
    }

    private void propose() {
        RandomGenerator random = GenerationRandom.of(settings.seed(), generation);
        proposals.clear();
        for (int i = 0; i < settings.population(problem.genes()); i++) {
            proposals.offer(() -> problem.anywhere(random));
        }
    }

    @Override
    public List<double[]> ask() {
        return proposals.vectors();
    }

    @Override
    public void tell(List<Scored> evaluated) {
        proposals.requireAsked(evaluated);
        generation++;
        propose();
    }

    @Override
    public int generation() {
        return generation;
    }

    @Override
    public boolean exhausted() {
        return proposals.exhausted();
    }
}
