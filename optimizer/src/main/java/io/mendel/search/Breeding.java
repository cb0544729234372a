package io.mendel.search;

import io.mendel.space.Variation;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Crossover and mutation: those of the space if it has its own, else simulated binary and polynomial. */
final class Breeding {
    /** Share of crossed children that mutate too, where the space varies vectors in its own way. */
    private static final double MUTATED_CHILDREN = 0.7;

    private final double probability;
    private final SimulatedBinaryCrossover crossover;
    private final PolynomialMutation mutation;
    private final @Nullable Variation variation;

    Breeding(SearchSettings settings, SearchProblem problem) {
        probability = settings.crossoverRate();
        crossover = new SimulatedBinaryCrossover(probability, settings.crossoverIndex(),
                problem.kinds());
        mutation = new PolynomialMutation(settings.mutationProbability(problem.genes()),
                settings.mutationEta(), problem.kinds());
        variation = problem.variation();
    }

    /** One of the two children. */
    double[] child(double[] mother, double[] father, RandomGenerator random) {
        if (variation != null) {
            boolean crossed = random.nextDouble() < probability;
            double[] child = crossed ? variation.crossed(mother, father, random) : mother;
            return crossed && random.nextDouble() >= MUTATED_CHILDREN
                    ? child
                    : variation.mutated(child, random);
        }
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
        if (variation != null) {
            return variation.mutated(parent, random);
        }
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
