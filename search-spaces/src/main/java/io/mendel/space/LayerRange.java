package io.mendel.space;

/**
 * Half-open range of decoder layers.
 *
 * @param start first layer, at least 0
 * @param end one after the last layer, above {@code start}
 * @since 0.1
 */
public record LayerRange(int start, int end) {

    public LayerRange {
        if (start < 0 || end <= start) {
            throw new IllegalArgumentException(
                    "A layer range needs 0 <= start < end, not [" + start + ", " + end + "].");
        }
    }

    /** Number of layers. */
    public int size() {
        return end - start;
    }
}
