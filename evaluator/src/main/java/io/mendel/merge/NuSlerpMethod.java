package io.mendel.merge;

/** See {@link NuSlerp}; of the deltas if there is a base, and by tensor, by row or by column. */
final class NuSlerpMethod implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        var rule = NuSlerp.of(parameters.of(parameters.parents().getFirst(), "weight"),
                parameters.of(parameters.parents().getLast(), "weight"));
        boolean deltas = parameters.hasBase();
        if (parameters.flag("nuslerp_flatten")) {
            return deltas
                    ? new MergeOperation.DeltaCombination(rule)
                    : new MergeOperation.Combination(rule);
        }
        return new MergeOperation.Blocks(parameters.flag("nuslerp_row_wise")
                ? new ColumnNuSlerp(rule, deltas)
                : new RowCombination(rule, deltas));
    }

    @Override
    public boolean mayTakeDeltas() {
        return true;
    }
}
