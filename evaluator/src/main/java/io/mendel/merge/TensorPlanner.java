package io.mendel.merge;

import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.merge.MergeException.Kind;
import io.mendel.merge.PlannedSlice.Participant;
import io.mendel.space.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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

    /** A tensor that a model has. */
    private record Found(TensorInput input, TensorInfo info) {}

    /**
     * Plans a tensor.
     *
     * @param output its name
     * @param depth its place in the slice
     * @param naming its name in a participant of the slice
     * @return null for a buffer that the reference model does without
     */
    @Nullable
    TensorMerge plan(String output, PlannedSlice slice, double depth,
            Function<Participant, TensorInput> naming) throws MergeException {
        var found = new ArrayList<Found>();
        int others = 0;
        @Nullable
        Found reference = null;
        for (Participant participant : slice.participants()) {
            Found tensor = find(participant, naming);
            if (tensor == null) {
                continue;
            }
            if (slice.participants().indexOf(participant) < slice.parents()) {
                others++;
            }
            reference = reference == null || participant.equals(slice.reference())
                    ? tensor
                    : reference;
            found.add(tensor);
        }
        Found base = base(slice, naming);
        if (ParentLayout.isBuffer(output)) {
            Found lender = base != null ? base : find(slice.reference(), naming);
            return lender == null ? null : copy(output, lender);
        }
        if (reference == null) {
            throw new IllegalStateException("Nobody has " + output);
        }
        requireComplete(output, slice, found, reference, naming);
        for (Found other : found) {
            check(other, reference);
        }
        if (!reference.info().dtype().isFloat()) {
            return copy(output, base != null ? base : reference);
        }
        if (reference.info().shape().isEmpty() && base != null) {
            return unchanged(output, base, reference);
        }
        List<TensorInput> inputs = found.stream().map(Found::input).toList();
        List<TensorInput> parents = inputs.subList(others, inputs.size());
        if (found.size() < slice.participants().size()
                && parents.size() < Math.max(1, recipe.method().minModels())) {
            return unchanged(output, found.getFirst(), reference);
        }
        MergeOperation operation = arithmetic
                .operation(new ResolvedParameters(recipe, slice.slice(), output, depth, parents));
        return new TensorMerge(stored(output, reference.info()), inputs, operation);
    }

    private static @Nullable Found find(@Nullable Participant participant,
            Function<Participant, TensorInput> naming) {
        if (participant == null) {
            return null;
        }
        TensorInput input = naming.apply(participant);
        TensorInfo info = participant.layout().info(input.tensor());
        return info == null ? null : new Found(input, info);
    }

    /** The base's tensor, whether the base takes part or not. */
    private static @Nullable Found base(PlannedSlice slice,
            Function<Participant, TensorInput> naming) {
        return find(slice.base() >= 0 ? slice.reference() : slice.external(), naming);
    }

    /** Models may lack optional tensors, but deltas need the base's. */
    private static void requireComplete(String output, PlannedSlice slice, List<Found> found,
            Found reference, Function<Participant, TensorInput> naming) throws MergeException {
        for (Participant participant : slice.participants()) {
            boolean needed = !ParentLayout.isOptional(output)
                    || (slice.parents() > 0 && participant.equals(slice.reference()));
            if (needed && find(participant, naming) == null) {
                TensorInput owner = participant.equals(slice.reference())
                        ? found.getFirst().input()
                        : reference.input();
                throw missing(naming.apply(participant), owner);
            }
        }
    }

    private static TensorMerge copy(String output, Found source) {
        return new TensorMerge(
                new TensorInfo(output, source.info().dtype(), source.info().shape()),
                List.of(source.input()), new MergeOperation.Copy());
    }

    /** One input as it is, but in the stored type. */
    private TensorMerge unchanged(String output, Found source, Found reference) {
        return new TensorMerge(stored(output, new TensorInfo(output, reference.info().dtype(),
                source.info().shape())), List.of(source.input()),
                new MergeOperation.WeightedSum(List.of(1.0)));
    }

    private TensorInfo stored(String output, TensorInfo reference) {
        DType own = reference.dtype() == DType.F64 ? DType.F32 : reference.dtype();
        return new TensorInfo(output, dtype != null ? dtype : own, reference.shape());
    }

    private static void check(Found found, Found reference) throws MergeException {
        TensorInput input = found.input();
        TensorInput referenceInput = reference.input();
        if (!found.info().shape().equals(reference.info().shape())) {
            throw new MergeException(Kind.SHAPE,
                    "The tensor %s must have the same shape in all models, but it is %s in '%s' and %s in '%s'%s."
                            .formatted(input.tensor(), reference.info().shape(),
                                    referenceInput.model(), found.info().shape(),
                                    input.model(),
                                    input.tensor().equals(referenceInput.tensor())
                                            ? ""
                                            : " (" + referenceInput.tensor() + ")"),
                    "Merge models of the same size; if only their vocabularies differ, write 'tokenizer_source: union'.");
        }
        if (found.info().dtype().isFloat() != reference.info().dtype().isFloat()) {
            throw new MergeException(Kind.DTYPE,
                    "The tensor %s is %s in '%s', but %s in '%s'.".formatted(input.tensor(),
                            reference.info().dtype(),
                            referenceInput.model(), found.info().dtype(), input.model()),
                    "Quantised models must be converted back to floating point before they are merged.");
        }
    }

    private static MergeException missing(TensorInput input, TensorInput owner) {
        return new MergeException(Kind.MISSING_TENSOR,
                "The model '%s' has no tensor %s, which '%s' has.".formatted(input.model(),
                        input.tensor(),
                        owner.model()),
                "All models must have the same tensors; only biases, norms of queries and keys, and a head tied to the embedding may be absent.");
    }
}
