package io.mendel.merge;

/** Spherical interpolation from the base to the other model. */
final class SlerpMethod implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        return new MergeOperation.Combination(new Slerp(parameters.global("t")));
    }

    @Override
    public boolean baseIsParent() {
        return true;
    }
}
