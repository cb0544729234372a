package io.mendel.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64;
import static io.mendel.graph.GraphBuilder.attribute;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pre-norm decoder layer of the Llama style: grouped-query attention, then a gated MLP or experts, each added to the residual stream.
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
        rowShape = AttentionGraph.rowShape(graph);
    }

    static byte[] build(DecoderConfig config, int layer, AttentionForm form) {
        return config.gpt() != null
                ? GptLayerGraph.build(config, config.gpt(), form)
                : new LayerGraph(config, form).build(config.experts(layer));
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
        String y = new AttentionGraph(graph, config, form).append(q, k, v);
        return linear(y, "self_attn.o_proj", hidden, heads * config.headDim(),
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
