package io.mendel.benchmark;

import io.mendel.benchmark.python.PythonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Turns the texts of requests into token ids as {@code huggingface.py} of the harness does.
 *
 * <p>
 * White space at the end of a context moves to the continuation; the pair is encoded as one text and split by the length
 * of the encoded context; what does not fit is cut off on the left.
 */
final class RequestEncoder {

    private final TextCodec codec;
    private final int maxLength;
    private final int prefixToken;
    private final String prefixText;

    /**
     * Prepares for a tokenizer and model.
     *
     * @param maxLength longest input of the model, in tokens
     */
    RequestEncoder(TextCodec codec, int maxLength) {
        this.codec = codec;
        this.maxLength = maxLength;
        OptionalInt prefix = codec.bosId().isPresent() ? codec.bosId() : codec.eosId();
        this.prefixToken = prefix.orElse(-1);
        this.prefixText = prefix.isPresent() ? codec.decode(new int[]{prefixToken}, false) : "";
    }

    /**
     * An input and the tokens that are to follow its last positions.
     *
     * @param tokens the input, without the last target
     * @param targets the scored tokens, the last one after the input's last position
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Scored(int[] tokens, int[] targets) {}

    /** A request that cannot be encoded. */
    static final class UnfitException extends Exception {
        private static final long serialVersionUID = 1;

        private final String problem;

        UnfitException(String problem) {
            super(problem);
            this.problem = problem;
        }

        String problem() {
            return problem;
        }
    }

    /**
     * The pair of a context and its continuation.
     *
     * @param contexts the ids of contexts that were encoded before; this one is added
     */
    Scored encode(Request.Continuation request, Map<String, int[]> contexts)
            throws UnfitException {
        String context = request.context();
        String continuation = request.continuation();
        if (context.isEmpty()) {
            int[] ids = codec.encode(continuation, false);
            if (ids.length > 0 && ids[0] == prefixToken()) {
                return scored(Arrays.copyOf(ids, 1), Arrays.copyOfRange(ids, 1, ids.length));
            }
            return scored(new int[]{prefixToken()}, ids);
        }
        String stripped = PythonText.stripEnd(context);
        String moved = context.substring(stripped.length()) + continuation;
        int[] whole = encode(stripped + moved);
        int[] before = contexts.computeIfAbsent(stripped, this::encode);
        return scored(before,
                Arrays.copyOfRange(whole, Math.min(before.length, whole.length), whole.length));
    }

    /** The windows of a text; each token is predicted once. */
    List<Scored> encode(Request.Rolling request) throws UnfitException {
        int[] tokens = encode(request.text());
        var windows = new ArrayList<Scored>();
        if (tokens.length == 0) {
            return windows;
        }
        int first = Math.min(maxLength, tokens.length);
        windows.add(scored(new int[]{prefixToken()}, Arrays.copyOf(tokens, first)));
        for (int predicted = first; predicted < tokens.length;) {
            int end = Math.min(predicted + maxLength, tokens.length);
            windows.add(
                    scored(Arrays.copyOfRange(tokens, Math.max(0, end - maxLength - 1), predicted),
                            Arrays.copyOfRange(tokens, predicted, end)));
            predicted = end;
        }
        return windows;
    }

    /** The prompt of a generation, cut off on the left to leave room for the new tokens. */
    int[] encode(Request.Generation request, int maxNewTokens) throws UnfitException {
        int room = maxLength - maxNewTokens;
        if (room <= 0) {
            throw new UnfitException("The model's length (" + maxLength
                    + ") must be greater than the number of new tokens ("
                    + maxNewTokens + ").");
        }
        String bos = codec.bosToken();
        int[] ids = codec.encode(request.context(),
                bos == null || !request.context().startsWith(bos));
        if (ids.length == 0) {
            throw new UnfitException(
                    "A prompt must have at least one token, but the context is empty.");
        }
        return ids.length > room ? Arrays.copyOfRange(ids, ids.length - room, ids.length) : ids;
    }

    private int[] encode(String text) {
        return codec.encode(text, prefixText.isEmpty() || !text.startsWith(prefixText));
    }

    private int prefixToken() throws UnfitException {
        if (prefixToken < 0) {
            throw new UnfitException(
                    "A text without context needs a tokenizer with a bos or eos token.");
        }
        return prefixToken;
    }

    private Scored scored(int[] context, int[] targets) throws UnfitException {
        if (context.length == 0 || targets.length == 0 || targets.length > maxLength) {
            throw new UnfitException(
                    "A request needs a context and 1 to " + maxLength + " continuation tokens, not "
                            + context.length + " and " + targets.length + ".");
        }
        int total = context.length + targets.length;
        int kept = Math.min(total, maxLength + 1);
        int[] tokens = new int[kept - 1];
        for (int i = 0; i < tokens.length; i++) {
            int from = total - kept + i;
            tokens[i] = from < context.length ? context[from] : targets[from - context.length];
        }
        return new Scored(tokens, targets);
    }
}
