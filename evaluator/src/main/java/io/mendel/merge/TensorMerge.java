package io.mendel.merge;

import io.mendel.checkpoint.TensorInfo;
import java.util.List;

/**
 * How one tensor of the merged model comes about.
 *
 * @param output name, stored element type and shape; merged values are rounded to this type once
 * @param inputs the parents' tensors, at least one, all of the output's shape
 * @param operation what is done to them
 * @param divisor what the operation's fp32 result is divided by before it is rounded; finite, above 0, mostly 1
 * @since 0.1
 */
public record TensorMerge(TensorInfo output, List<TensorInput> inputs, MergeOperation operation,
        float divisor) {

    public TensorMerge {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException(
                    "The tensor " + output.name() + " needs at least one input.");
        }
        if (!(divisor > 0 && Float.isFinite(divisor))) {
            throw new IllegalArgumentException(
                    "The divisor of %s must be finite and above 0, not %s."
                            .formatted(output.name(), divisor));
        }
    }

    /** A tensor that is the operation's result. */
    public TensorMerge(TensorInfo output, List<TensorInput> inputs, MergeOperation operation) {
        this(output, inputs, operation, 1);
    }

    /** The same tensor, with the result divided by {@code c}. */
    TensorMerge dividedBy(float c) {
        return new TensorMerge(output, inputs, operation, c);
    }
}
