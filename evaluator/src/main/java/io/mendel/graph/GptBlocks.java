package io.mendel.graph;

/**
 * What GPT-2's blocks have instead of Llama's: learned positions, layer norms with biases, one projection for queries, keys
 * and values, an MLP without gate, and projections that are stored as [in, out].
 *
 * @param prefix what the names of all tensors begin with: {@code transformer.} or nothing
 * @param tanhGelu whether the MLP's activation is the tanh approximation of GELU ({@code gelu_new}); else GELU itself
 * @since 0.1
 */
public record GptBlocks(String prefix, boolean tanhGelu) {

    static final String PREFIX = "transformer.";
}
