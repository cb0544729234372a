package io.mendel.merge;

import java.util.List;

/** TIES in mergekit's reading, or in the authors' where the recipe asks for any of it. */
final class ScopedTies implements MethodArithmetic {

    private final DeltaMethod byTensor;

    ScopedTies(DeltaMethod byTensor) {
        this.byTensor = byTensor;
    }

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        boolean global = parameters.word("scope").equals("global");
        boolean threshold = parameters.word("trim_rule").equals("threshold");
        boolean majority = parameters.word("zero_sign").equals("majority");
        if (!global && !threshold && !majority) {
            return byTensor.operation(parameters);
        }
        if (parameters.flag("rescale")) {
            throw new MergeException(MergeException.Kind.PARAMETER,
                    "The method ties can rescale only with scope: tensor, trim_rule: exact and zero_sign: positive.",
                    "Remove 'rescale', which the authors of TIES do not use.");
        }
        List<Double> weights = ResearchArithmetic.of("weight", parameters);
        List<Double> densities = ResearchArithmetic.of("density", parameters);
        return new MergeOperation.Global(new GlobalTies(
                new GlobalTies.Scope(global, threshold, majority, densities), weights,
                parameters.flag("normalize") ? Consensus.ELECTED_MEAN : Consensus.ELECTED_SUM,
                parameters.global("lambda")));
    }
}
