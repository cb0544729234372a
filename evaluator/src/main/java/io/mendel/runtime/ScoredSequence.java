package io.mendel.runtime;

import java.util.Arrays;

/**
 * A token sequence and the next-token predictions wanted from it.
 *
 * <p>
 * The logits at {@code positions[i]} predict the token after it; the wanted number is the log-probability of
 * {@code targets[i]} there. One position may occur several times, with several targets: requests that share their input
 * (the one-token choices of a question) share one forward pass.
 *
 * @param tokens the input ids, at least one
 * @param positions indices into {@code tokens}
 * @param targets token ids, one for each position
 * @since 0.1
 */
public record ScoredSequence(int[] tokens, int[] positions, int[] targets) {

    public ScoredSequence {
        tokens = tokens.clone();
        positions = positions.clone();
        targets = targets.clone();
        if (tokens.length == 0 || positions.length != targets.length) {
            throw new IllegalArgumentException(
                    "A scored sequence needs tokens and one target for each position, not "
                            + tokens.length + " tokens, " + positions.length + " positions, "
                            + targets.length + " targets.");
        }
        for (int position : positions) {
            if (position < 0 || position >= tokens.length) {
                throw new IllegalArgumentException(
                        "Position " + position + " is outside " + Arrays.toString(tokens));
            }
        }
    }
}
