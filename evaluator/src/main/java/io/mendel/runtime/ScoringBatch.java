package io.mendel.runtime;

import java.nio.LongBuffer;
import java.util.List;

/**
 * Rows of nearly equal size that go through each block together, as native integer tensors.
 *
 * <p>
 * The unused end of a row repeats its first token at position 0, seen by nobody: it computes what the first token
 * computes, so even a model that overflows on some token cannot spoil a row that does not contain it.
 *
 * @param rows B
 * @param width S
 * @param longest the largest position plus one
 * @param chains whether every row is one sequence, so that no mask is needed
 * @param tokens [B, S]
 * @param positions [B, S]
 * @param indices 0 … S − 1
 * @param ends [B, S], see {@link PackedRow#ends()}
 * @param points [R, 2], each (row, node) whose logits are needed, once
 * @param targets [N, 2], each (point, token)
 * @param requests for each target, whom it belongs to, by ascending point
 */
record ScoringBatch(int rows, int width, int longest, boolean chains, LongBuffer tokens,
        LongBuffer positions,
        LongBuffer indices, LongBuffer ends, LongBuffer points, LongBuffer targets,
        List<Request> requests) {

    /**
     * Where the answer for a target goes.
     *
     * @param sequence index of the {@link ScoredSequence} as given by the caller
     * @param slot index into its targets
     * @param point index of the point in the batch
     * @param token the target
     */
    record Request(int sequence, int slot, int point, int token) {}

    int pointCount() {
        return points.capacity() / 2;
    }

    int tokenCount() {
        return rows * width;
    }
}
