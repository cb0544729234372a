package io.mendel.merge;

/** See {@link Karcher}. */
final class KarcherMethod implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        double steps = parameters.global("max_iter");
        if (steps != Math.rint(steps)) {
            throw new MergeException(MergeException.Kind.PARAMETER,
                    "The parameter 'max_iter' must be a whole number, not %s (tensor %s)."
                            .formatted(steps, parameters.output()),
                    "Write a number of steps, such as 10.");
        }
        return new MergeOperation.Combination(
                new Karcher((int) steps, parameters.global("tol")));
    }
}
