package io.mendel.merge;

import io.mendel.checkpoint.TensorInfo;

/**
 * A tensor seen as a matrix: the first axis by all others.
 *
 * @param rows length of the first axis
 * @param columns elements of each row
 */
record WholeMatrix(int rows, int columns) {

    /**
     * Whether a tensor is the weight of a linear map.
     *
     * @param embeddings whether embeddings, which look rows up, count as such
     */
    static boolean isLinear(TensorInfo output, boolean embeddings) {
        return output.shape().size() >= 2
                && (embeddings || !ParentLayout.isBeforeLayers(output.name()));
    }

    /** The elements that belong together: all of a linear map, one of any other tensor. */
    static long unit(TensorInfo output, boolean embeddings) {
        return isLinear(output, embeddings) ? Math.max(1, output.elements()) : 1;
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
