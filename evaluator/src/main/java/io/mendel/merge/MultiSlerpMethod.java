package io.mendel.merge;

import java.util.List;

/** See {@link MultiSlerp}; of the deltas if there is a base. */
final class MultiSlerpMethod implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        List<Double> weights = Weights.of(parameters, parameters.flag("normalize_weights"));
        var rule = new MultiSlerp(weights.size() == 1 ? List.of(1.0) : weights,
                parameters.global("eps"));
        return parameters.hasBase()
                ? new MergeOperation.DeltaCombination(rule)
                : new MergeOperation.Combination(rule);
    }

    @Override
    public boolean mayTakeDeltas() {
        return true;
    }
}
