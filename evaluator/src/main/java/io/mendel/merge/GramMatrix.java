package io.mendel.merge;

/**
 * Inner products of the inputs of a merge, each input seen as one vector, in fp64.
 *
 * <p>
 * Deltas from the first input follow from it: {@code ⟨a−o, b−o⟩ = ⟨a,b⟩ − ⟨a,o⟩ − ⟨o,b⟩ + ⟨o,o⟩}, which loses digits
 * where a delta is much smaller than its base; {@link #delta} is computed from the deltas themselves.
 */
interface GramMatrix {

    /** {@code ⟨xᵢ, xⱼ⟩}. */
    double product(int i, int j);

    /** {@code ⟨xᵢ − x₀, xⱼ − x₀⟩}; the differences are rounded to fp32, as everywhere. */
    double delta(int i, int j);
}
