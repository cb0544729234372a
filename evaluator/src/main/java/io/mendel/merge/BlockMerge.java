package io.mendel.merge;

import io.mendel.checkpoint.TensorInfo;

/**
 * A method whose arithmetic is a {@link BlockFunction}: a small record for each, that holds the method's parameters.
 *
 * @since 0.1
 */
public interface BlockMerge {

    /**
     * The arithmetic, with everything known that depends on whole tensors.
     *
     * @param inputs the tensors, in the order of the {@link TensorMerge}; may be streamed as often as needed
     */
    BlockFunction resolve(BlockInputs inputs);

    /**
     * How many elements belong together: runs begin and end at multiples of it.
     *
     * @param output the merged tensor
     * @return 1 for element-wise methods, the length of a row for methods that work on rows
     */
    default long unit(TensorInfo output) {
        return 1;
    }

    /** Elements of a row: the last axis; a vector or a scalar is one row. */
    static long row(TensorInfo output) {
        return output.shape().isEmpty() ? 1 : Math.max(1, output.shape().getLast());
    }
}
