package io.mendel.search;

import io.jenetics.DoubleGene;
import io.jenetics.Optimize;
import io.jenetics.Phenotype;
import io.jenetics.Selector;
import io.jenetics.util.ISeq;
import io.jenetics.util.RandomRegistry;
import io.jenetics.util.Seq;
import java.util.ArrayList;
import java.util.random.RandomGenerator;

/** Binary tournament on front and crowding, the mating selection of NSGA-II. */
final class CrowdedTournament implements Selector<DoubleGene, Fitness> {

    /** The winners of {@code count} tournaments between two individuals that are not the same if there are two. */
    @Override
    public ISeq<Phenotype<DoubleGene, Fitness>> select(
            Seq<Phenotype<DoubleGene, Fitness>> population, int count,
            Optimize optimize) {
        RandomGenerator random = RandomRegistry.random();
        var ranking = CrowdedRanking.of(population);
        var winners = new ArrayList<Phenotype<DoubleGene, Fitness>>(count);
        int size = population.size();
        for (int k = 0; k < count; k++) {
            int i = random.nextInt(size);
            int j = size == 1 ? i : (i + 1 + random.nextInt(size - 1)) % size;
            winners.add(population.get(ranking.compare(i, j) <= 0 ? i : j));
        }
        return ISeq.of(winners);
    }
}
