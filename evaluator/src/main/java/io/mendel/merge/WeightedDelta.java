package io.mendel.merge;

/**
 * A parent's part in a delta merge: {@code v = keep(x - base) · factor}.
 *
 * @param model the parent's elements
 * @param keep which elements of the delta survive
 * @param factor weight times rescale factor
 * @param weight what the parent adds to the divisor where it agrees with the elected sign
 * @since 0.1
 */
public record WeightedDelta(Elements model, Keep keep, float factor, float weight) {}
