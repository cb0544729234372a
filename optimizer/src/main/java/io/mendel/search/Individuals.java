package io.mendel.search;

import io.jenetics.DoubleChromosome;
import io.jenetics.DoubleGene;
import io.jenetics.Genotype;
import io.jenetics.Phenotype;
import io.jenetics.util.ISeq;
import java.util.Arrays;

/** Individuals as Jenetics phenotypes with one chromosome of genes in [0, 1]. */
final class Individuals {
    private Individuals() {}

    static Phenotype<DoubleGene, Fitness> of(double[] genes, long generation) {
        ISeq<DoubleGene> alleles = Arrays.stream(genes)
                .mapToObj(x -> DoubleGene.of(x, 0, 1))
                .collect(ISeq.toISeq());
        return Phenotype.of(Genotype.of(DoubleChromosome.of(alleles)), generation);
    }

    static double[] genes(Phenotype<DoubleGene, Fitness> individual) {
        return individual.genotype().chromosome().as(DoubleChromosome.class).toArray();
    }
}
