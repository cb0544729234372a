package io.mendel.campaign;

import io.mendel.space.Gene;
import io.mendel.space.SearchSpace;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A space and its place among the genes of a campaign: a candidate of one stage has the genes of all, those of the
 * others at rest.
 *
 * @param space what this stage searches
 * @param before the genes of the stages before
 * @param after the genes of the stages after
 */
@SuppressWarnings("ArrayRecordComponent")
record SearchStage(SearchSpace space, double[] before, double[] after) {

    /** The only stage. */
    static SearchStage only(SearchSpace space) {
        return new SearchStage(space, new double[0], new double[0]);
    }

    /** All genes of a candidate. */
    List<Double> genes(double[] vector) {
        return Stream.of(before, vector, after).flatMapToDouble(Arrays::stream).boxed().toList();
    }

    /** The genes of this stage. */
    double[] vector(List<Double> genes) {
        return genes.subList(before.length, genes.size() - after.length)
                .stream()
                .mapToDouble(gene -> gene)
                .toArray();
    }

    /** Names of all genes. */
    static List<String> names(List<SearchSpace> spaces) {
        return spaces.stream().flatMap(space -> space.genes().stream()).map(Gene::name).toList();
    }

    /** A vector of a space's size, for a stage that has not begun. */
    static double[] resting(SearchSpace space) {
        return space.snap(space.centre());
    }
}
