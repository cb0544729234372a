package io.mendel.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.BOOL;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64;
import static io.mendel.graph.GraphBuilder.attribute;

import java.util.List;

/** The attention of a layer between its projections, in each {@link AttentionForm}. */
final class AttentionGraph {

    private final GraphBuilder graph;
    private final DecoderConfig config;
    private final AttentionForm form;

    AttentionGraph(GraphBuilder graph, DecoderConfig config, AttentionForm form) {
        this.graph = graph;
        this.config = config;
        this.form = form;
    }

    /** The shape [B, S, −1] of the batch, by which rows become activations. */
    static String rowShape(GraphBuilder graph) {
        String size = graph.node("Shape", List.of(GraphValues.POSITIONS));
        return graph.node("Concat", List.of(size, graph.integers(-1)), attribute("axis", 0));
    }

    /** Adds the attention of queries, keys and values, [B, S, heads · D] each; [B·S, heads · D]. */
    String append(String q, String k, String v) {
        int keyValueHeads = config.keyValueHeads();
        String y = "attention";
        List<String> inputs;
        List<String> results = List.of(y);
        boolean causal = true;
        switch (form) {
            case AttentionForm.Causal() -> inputs = List.of(q, k, v);
            case AttentionForm.Packed(int window) -> inputs = List.of(q, k, v, packedMask(window));
            case AttentionForm.Cached() -> {
                causal = false;
                graph.input(GraphValues.MASK, BOOL, "B", 1, "S", "T");
                graph.input(GraphValues.PAST_KEYS, FLOAT, "B", keyValueHeads, "P",
                        config.headDim());
                graph.input(GraphValues.PAST_VALUES, FLOAT, "B", keyValueHeads, "P",
                        config.headDim());
                graph.output(GraphValues.PRESENT_KEYS, FLOAT, "B", keyValueHeads, "T",
                        config.headDim());
                graph.output(GraphValues.PRESENT_VALUES, FLOAT, "B", keyValueHeads, "T",
                        config.headDim());
                inputs = List.of(q, k, v, GraphValues.MASK, GraphValues.PAST_KEYS,
                        GraphValues.PAST_VALUES);
                results = List.of(y, GraphValues.PRESENT_KEYS, GraphValues.PRESENT_VALUES);
            }
        }
        graph.node("Attention", inputs, results, attribute("is_causal", causal ? 1 : 0),
                attribute("q_num_heads", config.heads()),
                attribute("kv_num_heads", keyValueHeads));
        return graph.node("Reshape",
                List.of(y, graph.integers(-1, (long) config.heads() * config.headDim())));
    }

    /**
     * Key j is visible to query i if j ≤ i, which the operator sees to, and i is before the end of j's subtree; with a
     * window w also if position i − position j {@code <} w.
     */
    private String packedMask(int window) {
        graph.input(GraphValues.INDICES, INT64, 1, 1, "S", 1);
        graph.input(GraphValues.ENDS, INT64, "B", 1, 1, "S");
        String related = graph.node("Less", List.of(GraphValues.INDICES, GraphValues.ENDS));
        if (window == 0) {
            return related;
        }
        String query = graph.node("Unsqueeze",
                List.of(GraphValues.POSITIONS, graph.integers(1, 3)));
        String key = graph.node("Unsqueeze", List.of(GraphValues.POSITIONS, graph.integers(1, 2)));
        String distance = graph.node("Sub", List.of(query, key));
        String near = graph.node("Less", List.of(distance, graph.integers(window)));
        return graph.node("And", List.of(related, near));
    }
}
