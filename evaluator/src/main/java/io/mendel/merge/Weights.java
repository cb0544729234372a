package io.mendel.merge;

import java.util.ArrayList;
import java.util.List;

/** The weights of the models of one tensor. */
final class Weights {

    private Weights() {}

    /**
     * The parameter {@code weight} of all models.
     *
     * @param normalize whether they are divided by their sum
     * @throws MergeException if a weight is missing, or the sum is 0 and divided by
     */
    static List<Double> of(ResolvedParameters parameters, boolean normalize)
            throws MergeException {
        List<Double> weights = new ArrayList<>();
        for (TensorInput parent : parameters.parents()) {
            weights.add(parameters.of(parent, "weight"));
        }
        if (normalize) {
            double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
            if (Math.abs(sum) < 1e-8) {
                throw new MergeException(MergeException.Kind.PARAMETER,
                        "The weights %s of the tensor %s must not sum to 0, because they are normalised."
                                .formatted(weights, parameters.output()),
                        "Change a weight, or turn their normalisation off.");
            }
            weights.replaceAll(weight -> weight / sum);
        }
        return weights;
    }
}
