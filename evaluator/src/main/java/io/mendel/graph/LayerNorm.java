package io.mendel.graph;

import static io.mendel.graph.GraphBuilder.attribute;

import java.util.List;

/** The norm of GPT-2: {@code (x − mean(x)) / √(var(x) + ε) · w + b} over the last axis. */
final class LayerNorm {

    private LayerNorm() {}

    static String append(GraphBuilder graph, String x, String name, DecoderConfig config) {
        return graph.node("LayerNormalization",
                List.of(x, graph.weight(name + ".weight", config.hiddenSize()),
                        graph.weight(name + ".bias", config.hiddenSize())),
                attribute("axis", -1), attribute("epsilon", (float) config.normEpsilon()));
    }
}
