package io.mendel.search;

import java.util.List;
import java.util.random.RandomGenerator;

/** Uniform random vectors; seeds and scores are ignored. */
final class RandomSearch extends GenerationalStrategy {

    RandomSearch(SearchSettings settings, SearchProblem problem) {
        super(settings, problem);
    }

    @Override
    void propose(RandomGenerator random) {
        for (int i = 0; i < populationSize(); i++) {
            proposals.offer(() -> uniform(random));
        }
    }

    @Override
    void learn(List<Scored> evaluated, RandomGenerator random) {}
}
