package io.mendel.graph;

import static io.mendel.graph.GraphBuilder.attribute;

import java.util.List;

/** The norm of all families here: {@code x / √(mean(x²) + ε) · w} over the last axis. */
final class RootMeanSquareNorm {

    private RootMeanSquareNorm() {}

    static String append(GraphBuilder graph, String x, String weight, double epsilon) {
        return graph.node("RMSNormalization", List.of(x, weight), attribute("axis", -1),
                attribute("epsilon", (float) epsilon));
    }
}
