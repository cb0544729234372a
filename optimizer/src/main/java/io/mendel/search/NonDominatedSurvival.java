package io.mendel.search;

import io.jenetics.DoubleGene;
import io.jenetics.Optimize;
import io.jenetics.Phenotype;
import io.jenetics.Selector;
import io.jenetics.util.ISeq;
import io.jenetics.util.Seq;
import java.util.Arrays;

/** Keeps the best of parents and offspring, the survival of NSGA-II. */
final class NonDominatedSurvival implements Selector<DoubleGene, Fitness> {

    /** The {@code count} best individuals, best first; all of them if there are fewer. */
    @Override
    public ISeq<Phenotype<DoubleGene, Fitness>> select(
            Seq<Phenotype<DoubleGene, Fitness>> population, int count,
            Optimize optimize) {
        return Arrays.stream(CrowdedRanking.of(population).order())
                .limit(count)
                .mapToObj(population::get)
                .collect(ISeq.toISeq());
    }
}
