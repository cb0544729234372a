package io.mendel.merge;

/** See {@link Sce}. */
final class SceMethod implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        return new MergeOperation.Blocks(new Sce(parameters.global("select_topk")));
    }
}
