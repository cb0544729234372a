package io.mendel.graph;

/**
 * Names of the inputs and outputs of the block graphs that are not weights.
 *
 * <p>
 * Weights are inputs too; their names are the Hugging Face ones (inside a layer without {@code model.layers.N.}), their
 * type is fp32, their layout [out, in], in GPT-2 [in, out].
 *
 * @since 0.1
 */
public final class GraphValues {

    /** Token ids, int64 [B, S]; input of the embedding. */
    public static final String TOKENS = "input_ids";
    /** Hidden states before a block, fp32 [B, S, H]. */
    public static final String HIDDEN = "hidden_states";
    /** Hidden states after a block, fp32 [B, S, H]. */
    public static final String HIDDEN_OUT = "hidden_states_out";
    /** Positions, int64 [B, S], below the number of rows of the cosines or of the learned positions. */
    public static final String POSITIONS = "position_ids";
    /** Cosines, fp32 [positions, D / 2]. */
    public static final String COSINES = "cos_cache";
    /** Sines, fp32 [positions, D / 2]. */
    public static final String SINES = "sin_cache";
    /** Token indices 0 … S − 1, int64 [1, 1, S, 1]; input of {@link AttentionForm.Packed}. */
    public static final String INDICES = "token_indices";
    /** For each token the index after its last descendant in the row, int64 [B, 1, 1, S]. */
    public static final String ENDS = "subtree_ends";
    /** Which keys each query sees, bool [B, 1, S, P + S]; input of {@link AttentionForm.Cached}. */
    public static final String MASK = "attention_mask";
    /** Keys of earlier tokens, fp32 [B, KV, P, D]. */
    public static final String PAST_KEYS = "past_key";
    /** Values of earlier tokens, fp32 [B, KV, P, D]. */
    public static final String PAST_VALUES = "past_value";
    /** Keys including the new tokens, fp32 [B, KV, P + S, D]. */
    public static final String PRESENT_KEYS = "present_key";
    /** Values including the new tokens, fp32 [B, KV, P + S, D]. */
    public static final String PRESENT_VALUES = "present_value";
    /** Indices of the rows to keep, int64 [kept]. */
    public static final String ROWS = "rows";
    /** Coordinates (row, token) of the hidden states that the head reads, int64 [R, 2]. */
    public static final String POINTS = "points";
    /** Pairs (index into the points, token id) whose log-probability is wanted, int64 [N, 2]. */
    public static final String TARGETS = "targets";
    /** Log-probabilities of the targets, fp32 [N]. */
    public static final String LOG_PROBABILITIES = "log_probabilities";
    /** Most probable token at each point, lowest id first, int64 [R]. */
    public static final String GREEDY = "greedy";
    /** Logits at each point, fp32 [R, V]. */
    public static final String LOGITS = "logits";
    /** Hidden states at each point after the last norm, fp32 [R, H]. */
    public static final String NORMED = "normed";

    private GraphValues() {}
}
