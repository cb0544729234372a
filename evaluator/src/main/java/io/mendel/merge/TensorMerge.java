package io.mendel.merge;

import io.mendel.checkpoint.TensorInfo;
import java.util.List;

/**
 * How one tensor of the merged model comes about.
 *
 * @param output name, stored element type and shape; merged values are rounded to this type once
 * @param inputs the parents' tensors, at least one, all of the output's shape
 * @param operation what is done to them
 * @since 0.1
 */
public record TensorMerge(TensorInfo output, List<TensorInput> inputs, MergeOperation operation) {

    public TensorMerge {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException(
                    "The tensor " + output.name() + " needs at least one input.");
        }
    }
}
