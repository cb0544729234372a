package io.mendel.search;

import io.jenetics.Alterer;
import io.jenetics.AltererResult;
import io.jenetics.DoubleGene;
import io.jenetics.Phenotype;
import io.jenetics.util.ISeq;
import io.jenetics.util.RandomRegistry;
import io.jenetics.util.Seq;
import io.mendel.space.Variation;
import java.util.ArrayList;
import java.util.random.RandomGenerator;

/** Crosses neighbours and mutates what came out, in the way of the space. */
final class VariedPairs implements Alterer<DoubleGene, Fitness> {

    private static final double MUTATED_CHILDREN = 0.7;

    private final Variation variation;
    private final double crossoverProbability;

    VariedPairs(Variation variation, double crossoverProbability) {
        this.variation = variation;
        this.crossoverProbability = crossoverProbability;
    }

    /** Individuals 0 and 1, 2 and 3, and so on are pairs; who has no partner or is not crossed is mutated in any case. */
    @Override
    public AltererResult<DoubleGene, Fitness> alter(Seq<Phenotype<DoubleGene, Fitness>> population,
            long generation) {
        RandomGenerator random = RandomRegistry.random();
        var altered = new ArrayList<Phenotype<DoubleGene, Fitness>>();
        for (int i = 0; i < population.size(); i++) {
            double[] genes = Individuals.genes(population.get(i));
            int partner = i ^ 1;
            boolean crossed = partner < population.size()
                    && random.nextDouble() < crossoverProbability;
            if (crossed) {
                genes = variation.crossed(genes, Individuals.genes(population.get(partner)),
                        random);
            }
            if (!crossed || random.nextDouble() < MUTATED_CHILDREN) {
                genes = variation.mutated(genes, random);
            }
            altered.add(Individuals.of(genes, generation));
        }
        return new AltererResult<>(ISeq.of(altered), altered.size());
    }
}
