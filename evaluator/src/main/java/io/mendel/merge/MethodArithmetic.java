package io.mendel.merge;

import io.mendel.space.MergeMethod;

/** What a merge method does to one tensor: a small class for each method, or family of methods. */
interface MethodArithmetic {

    /**
     * The operation for one tensor.
     *
     * @param parameters the tensor's parameters; {@code parents} are the inputs, without the base for methods that work
     *            on deltas
     * @throws MergeException if a parameter is missing or wrong
     */
    MergeOperation operation(ResolvedParameters parameters) throws MergeException;

    /** Whether the base is one of the models the method counts and interpolates. */
    default boolean baseIsParent() {
        return false;
    }

    /** Whether the method works on deltas if there is a base, though it does not need one. */
    default boolean mayTakeDeltas() {
        return false;
    }

    /** The arithmetic of a method in the catalogue. */
    static MethodArithmetic of(MergeMethod method) {
        return switch (method.name()) {
            case "linear" -> new LinearMethod();
            case "slerp" -> new SlerpMethod();
            case "nuslerp" -> new NuSlerpMethod();
            case "multislerp" -> new MultiSlerpMethod();
            case "karcher" -> new KarcherMethod();
            case "nearswap" -> new NearSwapMethod();
            case "passthrough" -> new PassthroughMethod();
            case "task_arithmetic" -> new DeltaMethod(DeltaMethod.Trim.NONE, false);
            case "ties" -> new DeltaMethod(DeltaMethod.Trim.MAGNITUDE, true);
            case "dare_linear" -> new DeltaMethod(DeltaMethod.Trim.RANDOM, false);
            case "dare_ties" -> new DeltaMethod(DeltaMethod.Trim.RANDOM, true);
            case "breadcrumbs" -> new DeltaMethod(DeltaMethod.Trim.BAND, false);
            case "breadcrumbs_ties" -> new DeltaMethod(DeltaMethod.Trim.BAND, true);
            case "della" -> new DeltaMethod(DeltaMethod.Trim.RANDOM_BY_RANK, true);
            case "della_linear" -> new DeltaMethod(DeltaMethod.Trim.RANDOM_BY_RANK, false);
            case "model_stock" -> new ModelStockMethod();
            case "sce" -> new SceMethod();
            case "ram" -> new RamMethod(false);
            case "ramplus_tl" -> new RamMethod(true);
            case "arcee_fusion" -> new ArceeFusionMethod();
            default -> throw new IllegalArgumentException(
                    "No arithmetic is known for " + method.name() + ".");
        };
    }
}
