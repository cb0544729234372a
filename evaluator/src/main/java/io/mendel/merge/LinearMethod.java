package io.mendel.merge;

/** {@code Σ wₘ·xₘ}, divided by {@code Σ wₘ} if normalised. */
final class LinearMethod implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        return new MergeOperation.WeightedSum(
                Weights.of(parameters, parameters.flag("normalize")));
    }
}
