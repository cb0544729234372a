package io.mendel.runtime;

/**
 * A prompt to be continued greedily.
 *
 * @param prompt the input ids, at least one
 * @param maxNewTokens upper limit of generated tokens, at least 1
 * @param stop asked after every new token; generation of this prompt ends when it says so
 * @since 0.1
 */
public record GenerationRequest(int[] prompt, int maxNewTokens, StopCondition stop) {

    public GenerationRequest {
        prompt = prompt.clone();
        if (prompt.length == 0 || maxNewTokens < 1) {
            throw new IllegalArgumentException(
                    "A generation needs a prompt and at least one new token, not "
                            + prompt.length + " tokens and " + maxNewTokens + ".");
        }
    }

    /** Decides whether a continuation is complete. */
    @FunctionalInterface
    public interface StopCondition {
        /**
         * Whether generation ends after the last of these tokens.
         *
         * @param generated the new tokens so far, without the prompt
         */
        boolean reached(int[] generated);
    }
}
