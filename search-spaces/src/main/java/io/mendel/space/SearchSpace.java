package io.mendel.space;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The recipes a search can reach: a vector of numbers in [0, 1] is decoded to one recipe.
 *
 * @since 0.1
 */
public sealed interface SearchSpace permits ParameterSpace, DataFlowSpace {

    /**
     * A known point of the space.
     *
     * @param name what it is, such as {@code parent:math-en}
     * @param vector its canonical vector
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Seed(String name, double[] vector) {}

    /** The genes, in the order of the vector. */
    List<Gene> genes();

    /**
     * The representative of all vectors that mean the same recipe: values on their grids, genes without effect at rest.
     *
     * @param vector one number in [0, 1] for each gene
     */
    double[] snap(double[] vector);

    /**
     * The recipe of a vector; equal to that of its representative.
     *
     * @param vector one number in [0, 1] for each gene
     */
    Recipe decode(double[] vector);

    /** The vector a search starts around. */
    double[] centre();

    /** Points worth trying first, the best known first. */
    List<Seed> seeds();

    /**
     * A point between several good ones, or null if nothing sensible lies between them.
     *
     * @param best canonical vectors, the best first, at least one
     */
    double @Nullable [] consensus(List<double[]> best);

    /** How a genetic search should vary vectors of this space; null if number by number. */
    @Nullable
    Variation variation();
}
