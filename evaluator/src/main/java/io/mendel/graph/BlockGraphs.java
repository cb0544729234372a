package io.mendel.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64;
import static io.mendel.graph.GraphBuilder.attribute;

import java.util.List;

/**
 * The ONNX models of the blocks of a decoder: embedding, layer, head.
 *
 * <p>
 * Weights are graph inputs, so one compiled model serves every layer of every candidate with the same
 * {@link DecoderConfig}, dense or sparse. Opset 23, IR version 10, fp32, standard operators only. All inputs and outputs that are not
 * weights are named in {@link GraphValues}. Each method returns a serialised {@code ModelProto} of a few kilobytes.
 *
 * @since 0.1
 */
public final class BlockGraphs {

    private BlockGraphs() {}

    /** Token ids, and positions if those are learned, to hidden states, all [B, S, ·]. */
    public static byte[] embedding(DecoderConfig config) {
        GraphBuilder graph = new GraphBuilder("embedding");
        graph.input(GraphValues.TOKENS, INT64, "B", "S");
        List<WeightLayout.Weight> weights = WeightLayout.embedding(config);
        String tokens = graph.weight(weights.getFirst());
        if (config.learnedPositions()) {
            graph.input(GraphValues.POSITIONS, INT64, "B", "S");
            String token = graph.node("Gather", List.of(tokens, GraphValues.TOKENS),
                    attribute("axis", 0));
            String position = graph.node("Gather",
                    List.of(graph.weight(weights.getLast()), GraphValues.POSITIONS),
                    attribute("axis", 0));
            graph.node("Add", List.of(token, position), List.of(GraphValues.HIDDEN_OUT));
        } else {
            graph.node("Gather", List.of(tokens, GraphValues.TOKENS),
                    List.of(GraphValues.HIDDEN_OUT), attribute("axis", 0));
        }
        graph.output(GraphValues.HIDDEN_OUT, FLOAT, "B", "S", config.hiddenSize());
        return graph.build();
    }

    /**
     * Hidden states to hidden states through one decoder layer whose queries see what {@code form} says.
     *
     * @param layer index from 0; all dense layers have the same graph, and all sparse ones
     */
    public static byte[] layer(DecoderConfig config, int layer, AttentionForm form) {
        return LayerGraph.build(config, layer, form);
    }

    /** Hidden states to the log-probabilities of chosen targets and the greedy token at chosen points. */
    public static byte[] scoringHead(DecoderConfig config) {
        return HeadGraph.scoring(config);
    }

    /** Hidden states to the greedy token at chosen points. */
    public static byte[] greedyHead(DecoderConfig config) {
        return HeadGraph.greedy(config);
    }

    /** Hidden states to normed hidden states and logits at chosen points. */
    public static byte[] logitsHead(DecoderConfig config) {
        return HeadGraph.logits(config);
    }

    /** Cached keys or values, without the rows that are not named in {@link GraphValues#ROWS}. */
    public static byte[] rowSelection(DecoderConfig config) {
        GraphBuilder graph = new GraphBuilder("row_selection");
        graph.input(GraphValues.PAST_KEYS, FLOAT, "B", config.keyValueHeads(), "P",
                config.headDim());
        graph.input(GraphValues.ROWS, INT64, "kept");
        graph.node("Gather", List.of(GraphValues.PAST_KEYS, GraphValues.ROWS),
                List.of(GraphValues.PRESENT_KEYS),
                attribute("axis", 0));
        graph.output(GraphValues.PRESENT_KEYS, FLOAT, "kept", config.keyValueHeads(), "P",
                config.headDim());
        return graph.build();
    }
}
