package io.mendel.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64;
import static io.mendel.graph.GraphBuilder.attribute;

import java.util.ArrayList;
import java.util.List;

/**
 * One layer of GPT-2: attention of equally many heads for queries and keys, then an MLP of one hidden layer, each behind a
 * layer norm and added to the residual stream.
 */
final class GptLayerGraph {

    private final DecoderConfig config;
    private final GptBlocks gpt;
    private final AttentionForm form;
    private final GraphBuilder graph = new GraphBuilder("layer");

    private GptLayerGraph(DecoderConfig config, GptBlocks gpt, AttentionForm form) {
        this.config = config;
        this.gpt = gpt;
        this.form = form;
    }

    static byte[] build(DecoderConfig config, GptBlocks gpt, AttentionForm form) {
        return new GptLayerGraph(config, gpt, form).build();
    }

    private byte[] build() {
        int hidden = config.hiddenSize();
        int inner = config.intermediateSize();
        graph.input(GraphValues.HIDDEN, FLOAT, "B", "S", hidden);
        graph.input(GraphValues.POSITIONS, INT64, "B", "S");
        String rowShape = AttentionGraph.rowShape(graph);
        String x = graph.node("Reshape", List.of(GraphValues.HIDDEN, graph.integers(-1, hidden)));
        String all = linear(norm(x, "ln_1"), "attn.c_attn", hidden, 3L * hidden);
        List<String> parts = List.of("queries", "keys", "values");
        graph.node("Split", List.of(all), parts, attribute("axis", 1),
                attribute("num_outputs", 3));
        var headed = new ArrayList<String>();
        parts.forEach(part -> headed.add(graph.node("Reshape", List.of(part, rowShape))));
        String y = new AttentionGraph(graph, config, form).append(headed.get(0), headed.get(1),
                headed.get(2));
        x = graph.node("Add", List.of(x, linear(y, "attn.c_proj", hidden, hidden)));
        String wide = linear(norm(x, "ln_2"), "mlp.c_fc", hidden, inner);
        String active = graph.node("Gelu", List.of(wide),
                attribute("approximate", gpt.tanhGelu() ? "tanh" : "none"));
        x = graph.node("Add", List.of(x, linear(active, "mlp.c_proj", inner, hidden)));
        graph.node("Reshape", List.of(x, rowShape), List.of(GraphValues.HIDDEN_OUT));
        graph.output(GraphValues.HIDDEN_OUT, FLOAT, "B", "S", hidden);
        return graph.build();
    }

    private String norm(String x, String name) {
        return LayerNorm.append(graph, x, name, config);
    }

    private String linear(String x, String name, long in, long out) {
        String weight = graph.weight(name + ".weight", in, out);
        return graph.node("Gemm", List.of(x, weight, graph.weight(name + ".bias", out)));
    }
}
