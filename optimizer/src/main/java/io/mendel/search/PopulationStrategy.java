package io.mendel.search;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** A strategy whose offspring compete with a population of earlier candidates. */
abstract class PopulationStrategy extends GenerationalStrategy {
    /** The survivors, in an order of the strategy's own. */
    List<Scored> population = List.of();

    PopulationStrategy(SearchSettings settings, SearchProblem problem) {
        super(settings, problem);
    }

    /** The best of a population and its offspring. */
    abstract List<Scored> survivors(List<Scored> rivals, RandomGenerator random);

    /** Proposes offspring of the population, which is not empty. */
    abstract void breed(RandomGenerator random);

    @Override
    final void propose(RandomGenerator random) {
        if (population.isEmpty()) {
            new FirstGeneration(settings, problem).propose(proposals, populationSize(), random);
        } else {
            breed(random);
        }
    }

    @Override
    void learn(List<Scored> evaluated, RandomGenerator random) {
        // Offspring come first, so that of equals the newer survive: on plateaus the population drifts on.
        var rivals = new ArrayList<Scored>();
        evaluated.stream().filter(scored -> !scored.failed()).forEach(rivals::add);
        rivals.addAll(population);
        population = List.copyOf(survivors(rivals, random));
    }

    @Override
    public boolean remembers() {
        return true;
    }

    @Override
    public final List<double[]> remembered() {
        return population.stream().map(Scored::genes).toList();
    }

    @Override
    public void rescore(List<Scored> remembered) {
        population = Rescoring.of(population, remembered);
    }
}
