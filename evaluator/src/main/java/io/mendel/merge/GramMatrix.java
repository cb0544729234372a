package io.mendel.merge;

/**
 * Inner products of the inputs of a merge, each input seen as one vector, in fp64.
 *
 * <p>
 * Deltas from the first input follow from it: {@code ⟨a−o, b−o⟩ = ⟨a,b⟩ − ⟨a,o⟩ − ⟨o,b⟩ + ⟨o,o⟩}, which loses digits
 * where a delta is much smaller than its base; {@link #delta} of whole tensors is computed from the deltas themselves.
 */
@FunctionalInterface
interface GramMatrix {

    /** {@code ⟨xᵢ, xⱼ⟩}. */
    double product(int i, int j);

    /** {@code ⟨xᵢ − x₀, xⱼ − x₀⟩}; from the differences rounded to fp32 where the tensors are at hand. */
    default double delta(int i, int j) {
        return product(i, j) - product(i, 0) - product(0, j) + product(0, 0);
    }

    /** The Gram matrix of the deltas themselves: vector 0 is {@code x₁ − x₀}. */
    default GramMatrix deltas() {
        return (i, j) -> delta(i + 1, j + 1);
    }
}
