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
 * Crosses neighbours so that the children spread around their parents as far as the parents are apart.
 *
 * <p>
 * {@code children ← (x₁ + x₂)/2 ± β·(x₁ − x₂)/2} with {@code β = (2u)^(1/(η+1))} for {@code u < ½} and
 * {@code (2(1−u))^(−1/(η+1))} above, for each gene with probability ½; the children then swap the gene with probability
 * ½. Genes are clamped into [0, 1]. Words are swapped with probability ½. K. Deb and R. B. Agrawal, <em>Simulated binary crossover for continuous search
 * space</em>, 1995.
 */
final class SimulatedBinaryCrossover implements Alterer<DoubleGene, Fitness> {
    private final double probability;
    private final double exponent;
    private final GeneKinds kinds;

    SimulatedBinaryCrossover(double probability, double eta, GeneKinds kinds) {
        this.probability = probability;
        this.kinds = kinds;
        exponent = 1 / (eta + 1);
    }

    /** Crosses individuals 0 and 1, 2 and 3, and so on; a last one without a partner stays as it is. */
    @Override
    public AltererResult<DoubleGene, Fitness> alter(Seq<Phenotype<DoubleGene, Fitness>> population,
            long generation) {
        RandomGenerator random = RandomRegistry.random();
        var altered = new ArrayList<>(population.asList());
        int alterations = 0;
        for (int i = 0; i + 1 < altered.size(); i += 2) {
            if (random.nextDouble() < probability) {
                double[] first = Individuals.genes(altered.get(i));
                double[] second = Individuals.genes(altered.get(i + 1));
                cross(first, second, random);
                altered.set(i, Individuals.of(clamp(first), generation));
                altered.set(i + 1, Individuals.of(clamp(second), generation));
                alterations += 2;
            }
        }
        return new AltererResult<>(ISeq.of(altered), alterations);
    }

    /** Turns two parents into their children, which may leave [0, 1]. */
    void cross(double[] first, double[] second, RandomGenerator random) {
        for (int i = 0; i < first.length; i++) {
            if (kinds.isWord(i)) {
                if (random.nextBoolean()) {
                    double word = first[i];
                    first[i] = second[i];
                    second[i] = word;
                }
            } else if (random.nextBoolean()) {
                double u = random.nextDouble();
                double beta = StrictMath.pow(u < 0.5 ? 2 * u : 0.5 / (1 - u), exponent);
                double middle = 0.5 * (first[i] + second[i]);
                double reach = 0.5 * beta * (first[i] - second[i]);
                boolean swap = random.nextBoolean();
                first[i] = swap ? middle - reach : middle + reach;
                second[i] = swap ? middle + reach : middle - reach;
            }
        }
    }

    private static double[] clamp(double[] genes) {
        for (int i = 0; i < genes.length; i++) {
            genes[i] = Math.clamp(genes[i], 0.0, 1.0);
        }
        return genes;
    }
}
