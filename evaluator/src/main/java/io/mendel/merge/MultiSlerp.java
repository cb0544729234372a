package io.mendel.merge;

import java.util.List;

/**
 * The weighted mean direction of several vectors, with their weighted mean length:
 * {@code (m / ‖m‖) · Σ wᵢ‖xᵢ‖} with {@code m = Σ wᵢ·xᵢ / (‖xᵢ‖ + ε)}.
 *
 * <p>
 * mergekit writes this as a step from {@code m} along the tangent {@code Σ wᵢ (uᵢ − ⟨uᵢ, m⟩ m)}. That tangent is 0 for
 * any weights, because the {@code wᵢ·uᵢ} sum to a multiple of {@code m}; only its rounding errors are left out here.
 * Where the directions cancel, there is no mean direction and the result is {@code Σ wᵢ·xᵢ}.
 *
 * @param weights one for each vector
 * @param epsilon added to the lengths that are divided by
 */
record MultiSlerp(List<Double> weights, double epsilon) implements CombinationMerge {

    /** Inner products are exact to 1e-16 of the lengths, so shorter means are noise. */
    private static final double SHORTEST_MEAN = 1e-7;

    MultiSlerp {
        weights = List.copyOf(weights);
    }

    @Override
    public double[] coefficients(GramMatrix gram, int inputs) {
        double[] scaled = new double[inputs];
        double length = 0;
        for (int i = 0; i < inputs; i++) {
            double norm = Math.sqrt(gram.product(i, i));
            scaled[i] = norm + epsilon == 0 ? 0 : weights.get(i) / (norm + epsilon);
            length += weights.get(i) * norm;
        }
        double squared = 0;
        for (int i = 0; i < inputs; i++) {
            for (int j = 0; j < inputs; j++) {
                squared += scaled[i] * scaled[j] * gram.product(i, j);
            }
        }
        double mean = Math.sqrt(Math.max(0, squared));
        if (mean < Math.max(SHORTEST_MEAN, epsilon)) {
            return weights.stream().mapToDouble(Double::doubleValue).toArray();
        }
        for (int i = 0; i < inputs; i++) {
            scaled[i] *= length / mean;
        }
        return scaled;
    }
}
