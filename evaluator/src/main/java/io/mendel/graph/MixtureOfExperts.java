package io.mendel.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What decides the graph of the sparse layers of a decoder, whose MLP is a choice among many small ones.
 *
 * <p>
 * A router gives each token a probability per expert; the {@code perToken} most probable ones compute it, and their
 * results are summed with their probabilities as weights (Shazeer et al., <i>Outrageously Large Neural Networks: The
 * Sparsely-Gated Mixture-of-Experts Layer</i>, 2017, <a href="https://arxiv.org/abs/1701.06538">arXiv:1701.06538</a>).
 *
 * @param naming what the tensors are called
 * @param count experts in each sparse layer, at least 1
 * @param perToken experts of each token, from 1 to {@code count}
 * @param intermediateSize width of an expert's gated MLP
 * @param normalised whether the weights of a token's experts are divided by their sum
 * @param sharedIntermediateSize width of the expert that computes every token, or 0 if there is none; its result is
 *            multiplied by the sigmoid of a projection of the token (Qwen2-MoE)
 * @param sparse for each layer, whether it has experts; the others have the dense MLP of {@link DecoderConfig}
 * @since 0.1
 */
public record MixtureOfExperts(Naming naming, int count, int perToken, int intermediateSize,
        boolean normalised, int sharedIntermediateSize, List<Boolean> sparse) {

    /**
     * The names that a family gives to experts and their projections.
     *
     * @since 0.1
     */
    public enum Naming {
        /** {@code mlp.experts.N.gate_proj}, as Qwen2-MoE and Qwen3-MoE. */
        QWEN("mlp", "gate_proj", "up_proj", "down_proj"),
        /** {@code block_sparse_moe.experts.N.w1}. */
        MIXTRAL("block_sparse_moe", "w1", "w3", "w2");

        private final String block;
        private final String gate;
        private final String up;
        private final String down;

        Naming(String block, String gate, String up, String down) {
            this.block = block;
            this.gate = gate;
            this.up = up;
            this.down = down;
        }
    }

    public MixtureOfExperts {
        if (perToken < 1 || perToken > count) {
            throw new IllegalArgumentException(
                    "A token must have 1 to %d experts, not %d.".formatted(count, perToken));
        }
        if (intermediateSize < 1 || sharedIntermediateSize < 0) {
            throw new IllegalArgumentException(
                    "The width of an expert (%d) must be at least 1, of a shared one (%d) not negative."
                            .formatted(intermediateSize, sharedIntermediateSize));
        }
        sparse = List.copyOf(sparse);
    }

    /** The same experts in other layers. */
    MixtureOfExperts withSparse(List<Boolean> other) {
        return new MixtureOfExperts(naming, count, perToken, intermediateSize, normalised,
                sharedIntermediateSize, other);
    }

    /** Scores each expert for a token. */
    Linear router(int hidden) {
        return new Linear(naming.block + ".gate", count, hidden, false);
    }

    /** One of the experts, counted from 0. */
    GatedMlp expert(int number, int hidden) {
        String prefix = "%s.experts.%d.".formatted(naming.block, number);
        return GatedMlp.of(prefix + naming.gate, prefix + naming.up, prefix + naming.down, hidden,
                intermediateSize, false);
    }

    /** The expert of all tokens, or null. */
    @Nullable
    GatedMlp sharedExpert(int hidden) {
        String prefix = naming.block + ".shared_expert.";
        return sharedIntermediateSize == 0
                ? null
                : GatedMlp.of(prefix + naming.gate, prefix + naming.up, prefix + naming.down,
                        hidden, sharedIntermediateSize, false);
    }

    /** Says how much of the shared expert a token gets. */
    Linear sharedExpertGate(int hidden) {
        return new Linear(naming.block + ".shared_expert_gate", 1, hidden, false);
    }
}
