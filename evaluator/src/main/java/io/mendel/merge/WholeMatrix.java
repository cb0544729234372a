package io.mendel.merge;

import io.mendel.checkpoint.TensorInfo;

/**
 * A tensor seen as a matrix: the first axis by all others.
 *
 * @param rows length of the first axis
 * @param columns elements of each row
 */
record WholeMatrix(int rows, int columns) {

    /** Whether a tensor is the weight of a linear map; embeddings look rows up and are none. */
    static boolean isLinear(TensorInfo output) {
        return output.shape().size() >= 2 && !ParentLayout.isBeforeLayers(output.name());
    }

    /** The elements that belong together: all of a linear map, one of any other tensor. */
    static long unit(TensorInfo output) {
        return isLinear(output) ? Math.max(1, output.elements()) : 1;
    }

    static WholeMatrix of(TensorInfo output) {
        int rows = Math.toIntExact(output.shape().getFirst());
        return new WholeMatrix(rows,
                rows == 0 ? 0 : Math.toIntExact(output.elements() / rows));
    }

    ThinSvd decompose(double[] matrix) {
        return ThinSvd.of(matrix, rows, columns);
    }
}
