package io.mendel.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.BOOL;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64;
import static io.mendel.graph.GraphBuilder.attribute;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pre-norm decoder layer: grouped-query attention, then a gated MLP or experts, each added to the residual stream.
 *
 * <p>
 * Activations are [B, S, ·] at the borders and in the attention, and [B·S, ·] where a matrix product or a norm is; the
 * reshapes between them only rename memory.
 */
final class LayerGraph {

    private final DecoderConfig config;
    private final AttentionForm form;
    private final GraphBuilder graph;
    private final String rowShape;

    private LayerGraph(DecoderConfig config, AttentionForm form) {
        this.config = config;
        this.form = form;
        graph = new GraphBuilder("layer");
        graph.input(GraphValues.HIDDEN, FLOAT, "B", "S", config.hiddenSize());
        graph.input(GraphValues.POSITIONS, INT64, "B", "S");
        graph.input(GraphValues.COSINES, FLOAT, "positions", config.headDim() / 2);
        graph.input(GraphValues.SINES, FLOAT, "positions", config.headDim() / 2);
        String size = graph.node("Shape", List.of(GraphValues.POSITIONS));
        rowShape = graph.node("Concat", List.of(size, graph.integers(-1)), attribute("axis", 0));
    }

    static byte[] build(DecoderConfig config, int layer, AttentionForm form) {
        return new LayerGraph(config, form).build(config.experts(layer));
    }

    private byte[] build(@Nullable MixtureOfExperts experts) {
        int hidden = config.hiddenSize();
        String x = graph.node("Reshape", List.of(GraphValues.HIDDEN, graph.integers(-1, hidden)));
        x = graph.node("Add", List.of(x, attention(norm(x, "input_layernorm.weight", hidden))));
        String normed = norm(x, "post_attention_layernorm.weight", hidden);
        String y = experts == null
                ? GatedMlp.dense(config).append(graph, normed)
                : ExpertsGraph.append(graph, normed, experts, hidden);
        x = graph.node("Add", List.of(x, y));
        graph.node("Reshape", List.of(x, rowShape), List.of(GraphValues.HIDDEN_OUT));
        graph.output(GraphValues.HIDDEN_OUT, FLOAT, "B", "S", hidden);
        return graph.build();
    }

    private String attention(String x) {
        int hidden = config.hiddenSize();
        int heads = config.heads();
        int keyValueHeads = config.keyValueHeads();
        boolean bias = config.queryKeyValueBias();
        String q = headed(x, "self_attn.q_proj", "self_attn.q_norm.weight", heads);
        String k = headed(x, "self_attn.k_proj", "self_attn.k_norm.weight", keyValueHeads);
        String v = rows(
                linear(x, "self_attn.v_proj", keyValueHeads * config.headDim(), hidden, bias));
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
                attribute("q_num_heads", heads), attribute("kv_num_heads", keyValueHeads));
        String flat = graph.node("Reshape",
                List.of(y, graph.integers(-1, (long) heads * config.headDim())));
        return linear(flat, "self_attn.o_proj", hidden, heads * config.headDim(),
                config.outputBias());
    }

    /** Projects, normalises each head if the family does, and rotates; [B, S, heads · D]. */
    private String headed(String x, String projection, String norm, int heads) {
        int width = heads * config.headDim();
        String y = linear(x, projection, width, config.hiddenSize(), config.queryKeyValueBias());
        if (config.queryKeyNorm()) {
            String split = graph.node("Reshape", List.of(y, graph.integers(-1, config.headDim())));
            y = norm(split, norm, config.headDim());
        }
        return graph.node("RotaryEmbedding",
                List.of(rows(y), GraphValues.COSINES, GraphValues.SINES, GraphValues.POSITIONS),
                attribute("num_heads", heads), attribute("interleaved", 0));
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

    private String linear(String x, String name, int out, int in, boolean bias) {
        return new Linear(name, out, in, bias).append(graph, x);
    }

    private String norm(String x, String name, int width) {
        return RootMeanSquareNorm.append(graph, x, graph.weight(name, width), config.normEpsilon());
    }

    private String rows(String x) {
        return graph.node("Reshape", List.of(x, rowShape));
    }
}
