package io.mendel.merge;

/** Moves the base towards the other model where they are near. */
final class NearSwapMethod implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        return new MergeOperation.Blocks(new NearSwap(parameters.global("t")));
    }

    @Override
    public boolean baseIsParent() {
        return true;
    }
}
