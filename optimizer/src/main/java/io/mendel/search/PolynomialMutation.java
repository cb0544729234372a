package io.mendel.search;

import io.jenetics.Alterer;
import io.jenetics.AltererResult;
import io.jenetics.DoubleGene;
import io.jenetics.Phenotype;
import io.jenetics.util.ISeq;
import io.jenetics.util.RandomRegistry;
import io.jenetics.util.Seq;
import java.util.ArrayList;
import java.util.random.RandomGenerator;

/**
 * Moves each gene, with some probability, by a step that is small more often than large and stays in [0, 1]; a word is
 * replaced by another.
 *
 * <p>
 * {@code x ← x + (2u + (1−2u)(1−x_l)^(η+1))^(1/(η+1)) − 1} for {@code u < ½}, mirrored above, where {@code x_l} is the
 * distance to the bound on that side. K. Deb and S. Agrawal, <em>A niched-penalty approach for constraint handling in
 * genetic algorithms</em>, 1999, as in the authors' NSGA-II code.
 */
final class PolynomialMutation implements Alterer<DoubleGene, Fitness> {
    private final double probability;
    private final double eta;
    private final GeneKinds kinds;

    PolynomialMutation(double probability, double eta, GeneKinds kinds) {
        this.kinds = kinds;
        this.probability = probability;
        this.eta = eta;
    }

    @Override
    public AltererResult<DoubleGene, Fitness> alter(Seq<Phenotype<DoubleGene, Fitness>> population,
            long generation) {
        RandomGenerator random = RandomRegistry.random();
        var altered = new ArrayList<Phenotype<DoubleGene, Fitness>>(population.size());
        int alterations = 0;
        for (Phenotype<DoubleGene, Fitness> individual : population) {
            double[] genes = Individuals.genes(individual);
            int changed = mutate(genes, random);
            altered.add(changed == 0 ? individual : Individuals.of(genes, generation));
            alterations += changed;
        }
        return new AltererResult<>(ISeq.of(altered), alterations);
    }

    /** Mutates the genes in place and returns how many it moved. */
    int mutate(double[] genes, RandomGenerator random) {
        int changed = 0;
        for (int i = 0; i < genes.length; i++) {
            if (random.nextDouble() < probability) {
                double u = random.nextDouble();
                genes[i] = kinds.isWord(i)
                        ? otherWord(i, genes[i], u)
                        : Math.clamp(genes[i] + step(genes[i], u), 0.0, 1.0);
                changed++;
            }
        }
        return changed;
    }

    /** Any other word, all with the same probability. */
    private double otherWord(int i, double coordinate, double u) {
        int words = kinds.words().get(i);
        int step = 1 + Math.min((int) (u * (words - 1)), words - 2);
        return words == 1
                ? coordinate
                : kinds.coordinate(i, (kinds.word(i, coordinate) + step) % words);
    }

    private double step(double x, double u) {
        double exponent = eta + 1;
        if (u < 0.5) {
            return StrictMath.pow(2 * u + (1 - 2 * u) * StrictMath.pow(1 - x, exponent),
                    1 / exponent) - 1;
        }
        return 1 - StrictMath.pow(2 * (1 - u) + (2 * u - 1) * StrictMath.pow(x, exponent),
                1 / exponent);
    }
}
