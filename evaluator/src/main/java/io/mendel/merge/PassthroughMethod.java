package io.mendel.merge;

import java.util.List;

/** {@code scale·x}; byte for byte where the scale is 1. */
final class PassthroughMethod implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        double scale = parameters.of(parameters.parents().getFirst(), "scale");
        return scale == 1
                ? new MergeOperation.Copy()
                : new MergeOperation.WeightedSum(List.of(scale));
    }
}
