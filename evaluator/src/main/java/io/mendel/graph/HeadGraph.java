package io.mendel.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64;
import static io.mendel.graph.GraphBuilder.attribute;

import java.util.ArrayList;
import java.util.List;

/**
 * The last norm and the projection to the vocabulary, only at the points asked for.
 *
 * <p>
 * Everything before the projection works on rows alone, so the points are gathered first: a batch of 1024 tokens of
 * which 200 are scored costs 200 rows of the largest matrix of the model.
 */
final class HeadGraph {

    private HeadGraph() {}

    static byte[] scoring(DecoderConfig config) {
        GraphBuilder graph = new GraphBuilder("scoring_head");
        String logits = logits(graph, config);
        graph.input(GraphValues.TARGETS, INT64, "N", 2);
        String all = graph.node("LogSoftmax", List.of(logits), attribute("axis", -1));
        graph.node("GatherND", List.of(all, GraphValues.TARGETS),
                List.of(GraphValues.LOG_PROBABILITIES));
        graph.output(GraphValues.LOG_PROBABILITIES, FLOAT, "N");
        greedy(graph, logits);
        return graph.build();
    }

    static byte[] greedy(DecoderConfig config) {
        GraphBuilder graph = new GraphBuilder("greedy_head");
        greedy(graph, logits(graph, config));
        return graph.build();
    }

    static byte[] logits(DecoderConfig config) {
        GraphBuilder graph = new GraphBuilder("logits_head");
        logits(graph, config);
        graph.output(GraphValues.NORMED, FLOAT, "R", config.hiddenSize());
        graph.output(GraphValues.LOGITS, FLOAT, "R", config.vocabSize());
        return graph.build();
    }

    /** Logits of all tokens, [B, S, V]. */
    static byte[] everywhere(DecoderConfig config) {
        GraphBuilder graph = new GraphBuilder("head");
        graph.input(GraphValues.HIDDEN, FLOAT, "B", "S", config.hiddenSize());
        String rows = graph.node("Reshape",
                List.of(GraphValues.HIDDEN, graph.integers(-1, config.hiddenSize())));
        String flat = "flat_logits";
        project(graph, config, rows, flat);
        String size = graph.node("Shape", List.of(GraphValues.HIDDEN), attribute("start", 0),
                attribute("end", 2));
        String shape = graph.node("Concat", List.of(size, graph.integers(-1)),
                attribute("axis", 0));
        graph.node("Reshape", List.of(flat, shape), List.of(GraphValues.LOGITS));
        graph.output(GraphValues.LOGITS, FLOAT, "B", "S", config.vocabSize());
        return graph.build();
    }

    private static String logits(GraphBuilder graph, DecoderConfig config) {
        graph.input(GraphValues.HIDDEN, FLOAT, "B", "S", config.hiddenSize());
        graph.input(GraphValues.POINTS, INT64, "R", 2);
        String x = graph.node("GatherND", List.of(GraphValues.HIDDEN, GraphValues.POINTS));
        project(graph, config, x, GraphValues.LOGITS);
        return GraphValues.LOGITS;
    }

    private static void project(GraphBuilder graph, DecoderConfig config, String x,
            String logits) {
        List<WeightLayout.Weight> weights = WeightLayout.head(config);
        var norm = new ArrayList<>(List.of(x));
        weights.subList(0, weights.size() - 1)
                .forEach(weight -> norm.add(graph.weight(weight.name(), config.hiddenSize())));
        graph.node(config.gpt() == null ? "RMSNormalization" : "LayerNormalization", norm,
                List.of(GraphValues.NORMED), attribute("axis", -1),
                attribute("epsilon", (float) config.normEpsilon()));
        graph.node("Gemm",
                List.of(GraphValues.NORMED,
                        graph.weight(weights.getLast().name(), config.vocabSize(),
                                config.hiddenSize())),
                List.of(logits), attribute("transB", 1));
    }

    private static void greedy(GraphBuilder graph, String logits) {
        graph.node("ArgMax", List.of(logits), List.of(GraphValues.GREEDY), attribute("axis", -1),
                attribute("keepdims", 0), attribute("select_last_index", 0));
        graph.output(GraphValues.GREEDY, INT64, "R");
    }
}
