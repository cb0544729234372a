package io.mendel.merge;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.merge.MergeException.Kind;
import io.mendel.space.Recipe;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks the inputs of one output tensor and asks the method what to do with them. */
final class TensorPlanner {

    private final Recipe recipe;
    private final MethodArithmetic arithmetic;
    private final @Nullable DType dtype;

    TensorPlanner(Recipe recipe, @Nullable DType dtype) {
        this.recipe = recipe;
        this.arithmetic = MethodArithmetic.of(recipe.method());
        this.dtype = dtype;
    }

    /**
     * Plans a tensor.
     *
     * @param output its name
     * @param depth its place in the slice
     * @param inputs one for each participant of the slice
     * @return null for a buffer that the reference model does without
     */
    @Nullable
    TensorMerge plan(String output, PlannedSlice slice, double depth, List<TensorInput> inputs)
            throws MergeException {
        int referenceIndex = slice.participants().indexOf(slice.reference());
        TensorInput referenceInput = inputs.get(referenceIndex);
        TensorInfo reference = info(slice, referenceIndex, inputs);
        if (ParentLayout.isBuffer(output)) {
            return reference == null ? null : copy(output, reference, referenceInput);
        }
        if (reference == null) {
            throw missing(referenceInput, owner(slice, inputs));
        }
        for (int i = 0; i < inputs.size(); i++) {
            TensorInfo info = info(slice, i, inputs);
            if (info == null) {
                throw missing(inputs.get(i), referenceInput);
            }
            check(inputs.get(i), info, referenceInput, reference);
        }
        if (!reference.dtype().isFloat()) {
            return copy(output, reference, referenceInput);
        }
        List<TensorInput> parents = inputs.subList(slice.parents(), inputs.size());
        MergeOperation operation = arithmetic
                .operation(new ResolvedParameters(recipe, slice.slice(), output, depth, parents));
        return new TensorMerge(new TensorInfo(output, stored(reference), reference.shape()), inputs,
                operation);
    }

    private static @Nullable TensorInfo info(PlannedSlice slice, int index,
            List<TensorInput> inputs) {
        return slice.participants().get(index).layout().info(inputs.get(index).tensor());
    }

    private static TensorMerge copy(String output, TensorInfo info, TensorInput input) {
        return new TensorMerge(new TensorInfo(output, info.dtype(), info.shape()), List.of(input),
                new MergeOperation.Copy());
    }

    private DType stored(TensorInfo reference) {
        if (dtype != null) {
            return dtype;
        }
        return reference.dtype() == DType.F64 ? DType.F32 : reference.dtype();
    }

    private static void check(TensorInput input, TensorInfo info, TensorInput referenceInput,
            TensorInfo reference)
            throws MergeException {
        if (!info.shape().equals(reference.shape())) {
            throw new MergeException(Kind.SHAPE,
                    "The tensor %s must have the same shape in all models, but it is %s in '%s' and %s in '%s'%s."
                            .formatted(input.tensor(), reference.shape(), referenceInput.model(),
                                    info.shape(),
                                    input.model(),
                                    input.tensor().equals(referenceInput.tensor())
                                            ? ""
                                            : " (" + referenceInput.tensor() + ")"),
                    "Merge models of the same size and vocabulary.");
        }
        if (info.dtype().isFloat() != reference.dtype().isFloat()) {
            throw new MergeException(Kind.DTYPE,
                    "The tensor %s is %s in '%s', but %s in '%s'.".formatted(input.tensor(),
                            reference.dtype(),
                            referenceInput.model(), info.dtype(), input.model()),
                    "Quantised models must be converted back to floating point before they are merged.");
        }
    }

    /** An input that exists. */
    private static TensorInput owner(PlannedSlice slice, List<TensorInput> inputs) {
        for (int i = 0; i < inputs.size(); i++) {
            if (info(slice, i, inputs) != null) {
                return inputs.get(i);
            }
        }
        throw new IllegalStateException("Nobody has " + inputs.getFirst().tensor());
    }

    private static MergeException missing(TensorInput input, TensorInput owner) {
        return new MergeException(Kind.MISSING_TENSOR,
                "The model '%s' has no tensor %s, which '%s' has.".formatted(input.model(),
                        input.tensor(),
                        owner.model()),
                "All models must have the same tensors; only a head tied to the embedding may be absent.");
    }
}
