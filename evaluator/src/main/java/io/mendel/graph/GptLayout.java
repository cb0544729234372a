package io.mendel.graph;

import io.mendel.graph.WeightLayout.Weight;
import java.util.ArrayList;
import java.util.List;

/** The tensors of GPT-2, whose projections are stored as [in, out]. */
final class GptLayout {

    static final String TOKENS = "wte.weight";
    static final String POSITIONS = "wpe.weight";

    private GptLayout() {}

    static List<Weight> embedding(DecoderConfig config, GptBlocks gpt) {
        return List.of(tokens(config, gpt), matrix(gpt.prefix() + POSITIONS, config.maxPositions(),
                config.hiddenSize()));
    }

    static List<Weight> layer(DecoderConfig config, String prefix) {
        int hidden = config.hiddenSize();
        int inner = config.intermediateSize();
        var weights = new ArrayList<Weight>();
        norm(weights, prefix + "ln_1", hidden);
        projection(weights, prefix + "attn.c_attn", hidden, 3L * hidden);
        projection(weights, prefix + "attn.c_proj", hidden, hidden);
        norm(weights, prefix + "ln_2", hidden);
        projection(weights, prefix + "mlp.c_fc", hidden, inner);
        projection(weights, prefix + "mlp.c_proj", inner, hidden);
        return List.copyOf(weights);
    }

    static List<Weight> head(DecoderConfig config, GptBlocks gpt) {
        var weights = new ArrayList<Weight>();
        norm(weights, gpt.prefix() + "ln_f", config.hiddenSize());
        weights.add(config.tiedEmbeddings()
                ? tokens(config, gpt)
                : matrix(WeightLayout.HEAD, config.vocabSize(), config.hiddenSize()));
        return List.copyOf(weights);
    }

    private static Weight tokens(DecoderConfig config, GptBlocks gpt) {
        return matrix(gpt.prefix() + TOKENS, config.vocabSize(), config.hiddenSize());
    }

    private static Weight matrix(String name, long rows, long columns) {
        return new Weight(name, List.of(rows, columns));
    }

    private static void norm(List<Weight> weights, String name, long width) {
        weights.add(new Weight(name + ".weight", List.of(width)));
        weights.add(new Weight(name + ".bias", List.of(width)));
    }

    private static void projection(List<Weight> weights, String name, long in, long out) {
        weights.add(matrix(name + ".weight", in, out));
        weights.add(new Weight(name + ".bias", List.of(out)));
    }
}
