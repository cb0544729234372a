package io.mendel.merge;

import java.util.ArrayList;
import java.util.List;

/** {@code Σ wₘ·xₘ}, divided by {@code Σ wₘ} if normalised. */
final class LinearMethod implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        List<Double> weights = new ArrayList<>();
        for (TensorInput parent : parameters.parents()) {
            weights.add(parameters.of(parent, "weight"));
        }
        if (parameters.flag("normalize")) {
            double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
            if (Math.abs(sum) < 1e-8) {
                throw new MergeException(MergeException.Kind.PARAMETER,
                        "The weights %s of the tensor %s must not sum to 0, because they are normalised."
                                .formatted(weights, parameters.output()),
                        "Change a weight, or set normalize: false.");
            }
            weights.replaceAll(weight -> weight / sum);
        }
        return new MergeOperation.WeightedSum(weights);
    }
}
