package io.mendel.graph;

import io.mendel.graph.WeightLayout.Weight;
import java.util.List;

/** The feed-forward network of all families here, {@code down(silu(gate(x)) · up(x))}: of a layer or of one expert. */
record GatedMlp(Linear gate, Linear up, Linear down) {

    /** The network that every token of a dense layer passes. */
    static GatedMlp dense(DecoderConfig config) {
        return of("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", config.hiddenSize(),
                config.intermediateSize(), config.mlpBias());
    }

    static GatedMlp of(String gate, String up, String down, int hidden, int inner, boolean bias) {
        return new GatedMlp(new Linear(gate, inner, hidden, bias),
                new Linear(up, inner, hidden, bias), new Linear(down, hidden, inner, bias));
    }

    /** Adds the network and declares its weights; [rows, hidden]. */
    String append(GraphBuilder graph, String x) {
        String gated = gate.append(graph, x);
        String linear = up.append(graph, x);
        String silu = graph.node("Mul", List.of(gated, graph.node("Sigmoid", List.of(gated))));
        return down.append(graph, graph.node("Mul", List.of(silu, linear)));
    }

    /** Lists the tensors, whose names in the checkpoint start with {@code prefix}. */
    void addTo(List<Weight> weights, String prefix) {
        gate.addTo(weights, prefix);
        up.addTo(weights, prefix);
        down.addTo(weights, prefix);
    }
}
