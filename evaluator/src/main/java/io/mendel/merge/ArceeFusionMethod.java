package io.mendel.merge;

/** See {@link ArceeFusion}. */
final class ArceeFusionMethod implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) {
        return new MergeOperation.Blocks(new ArceeFusion());
    }

    @Override
    public boolean baseIsParent() {
        return true;
    }
}
