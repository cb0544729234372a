package io.mendel.search;

import java.util.random.RandomGenerator;

/** Simulated binary crossover followed by polynomial mutation. */
final class Variation {
    private final double probability;
    private final SimulatedBinaryCrossover crossover;
    private final PolynomialMutation mutation;

    Variation(SearchSettings settings, SearchProblem problem) {
        probability = settings.crossoverRate();
        crossover = new SimulatedBinaryCrossover(probability, settings.crossoverIndex(),
                problem.kinds());
        mutation = new PolynomialMutation(settings.mutationProbability(problem.genes()),
                settings.mutationEta(), problem.kinds());
    }

    /** One of the two children. */
    double[] child(double[] mother, double[] father, RandomGenerator random) {
        double[] first = mother.clone();
        if (random.nextDouble() < probability) {
            double[] second = father.clone();
            crossover.cross(first, second, random);
            clamp(first);
        }
        mutation.mutate(first, random);
        return first;
    }

    /** A mutant, the parent itself if no gene happens to mutate. */
    double[] mutant(double[] parent, RandomGenerator random) {
        double[] genes = parent.clone();
        mutation.mutate(genes, random);
        return genes;
    }

    /** Moves genes outside [0, 1] to the bound. */
    static double[] clamp(double[] genes) {
        for (int i = 0; i < genes.length; i++) {
            genes[i] = Math.clamp(genes[i], 0.0, 1.0);
        }
        return genes;
    }
}
