package io.mendel.merge;

/**
 * A method that is a linear combination of its inputs once their inner products are known: a small record for each.
 *
 * @since 0.1
 */
public interface CombinationMerge {

    /**
     * The coefficient of each input.
     *
     * @param gram inner products of the inputs
     * @param inputs number of inputs
     */
    double[] coefficients(GramMatrix gram, int inputs);
}
