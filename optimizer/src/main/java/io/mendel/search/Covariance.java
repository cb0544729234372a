package io.mendel.search;

/** The covariance matrix of CMA-ES; starts as the identity. */
sealed interface Covariance permits FullCovariance, DiagonalCovariance {

    /** Turns a standard normal vector into one of this covariance. */
    double[] colour(double[] normal);

    /** {@code C^(−1/2) · step}: the rotation-free inverse of {@link #colour}. */
    double[] whiten(double[] step);

    /**
     * {@code C ← keep·C + rankOne·p·pᵀ + Σ weights_i·s_i·s_iᵀ}.
     *
     * @param keep factor on the old matrix
     * @param rankOne factor on the path's outer product
     * @param path the evolution path p
     * @param weights factors on the steps' outer products
     * @param steps the steps s, at least as many as weights
     */
    void update(double keep, double rankOne, double[] path, double[] weights, double[][] steps);

    /** The largest standard deviation of a coordinate. */
    double spread();

    /** Factor on the learning rates: a diagonal has fewer numbers to learn. */
    double learningFactor();
}
