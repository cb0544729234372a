package io.mendel.merge;

import java.util.List;

/** {@code Σ wₘ·xₘ}, divided by {@code Σ wₘ} if normalised. */
final class LinearMethod implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        return new MergeOperation.WeightedSum(parameters.flag("normalize")
                ? normalised(parameters)
                : ResearchArithmetic.of("weight", parameters));
    }

    /** The weights, divided by their sum. */
    static List<Double> normalised(ResolvedParameters parameters) throws MergeException {
        List<Double> weights = ResearchArithmetic.of("weight", parameters);
        double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
        if (Math.abs(sum) < 1e-8) {
            throw new MergeException(MergeException.Kind.PARAMETER,
                    "The weights %s of the tensor %s must not sum to 0, because they are normalised."
                            .formatted(weights, parameters.output()),
                    parameters.recipe().method().has("normalize")
                            ? "Change a weight, or set normalize: false."
                            : "Change a weight.");
        }
        weights.replaceAll(weight -> weight / sum);
        return weights;
    }
}
