package io.mendel.merge;

/** {@code base + t·mean(deltas)}, see {@link ModelStock}; with one {@code t} for a tensor or for each row. */
final class ModelStockMethod implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        return parameters.flag("filter_wise")
                ? new MergeOperation.Blocks(new RowCombination(new ModelStock(), true))
                : new MergeOperation.DeltaCombination(new ModelStock());
    }
}
