package io.mendel.merge;

/**
 * See {@link Ram}.
 *
 * @param enlarges whether deltas that one model alone has are enlarged
 */
record RamMethod(boolean enlarges) implements MethodArithmetic {

    @Override
    public MergeOperation operation(ResolvedParameters parameters) throws MergeException {
        return new MergeOperation.Blocks(new Ram(parameters.global("epsilon"),
                enlarges ? parameters.global("r") : 0,
                enlarges ? parameters.global("alpha") : 0));
    }
}
