package io.mendel.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.BOOL;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static ai.onnx.proto.OnnxMl.TensorProto.DataType.INT64;
import static io.mendel.graph.GraphBuilder.attribute;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.mendel.checkpoint.ExportWeights;
import io.mendel.graph.WeightLayout.Weight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A whole decoder as one graph: the blocks that candidates run on, linked one behind another.
 *
 * <p>
 * Inputs are int64 {@code input_ids} and {@code position_ids} [B, S], {@code attention_mask} [B, P + S], and for each
 * layer i {@code past_key_values.i.key} and {@code .value} [B, KV, P, D]; outputs are {@code logits} [B, S, V] and
 * {@code present.i.key} and {@code .value} [B, KV, P + S, D]: the names that optimum gives them. P may be 0.
 *
 * <p>
 * A token sees itself and what the mask admits of earlier columns, in layers with a window only the last ones. Rotations
 * are computed for the positions of the call, so there is no table that ends anywhere.
 */
final class DecoderModelGraph {

    private static final String TOKENS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final String POSITIONS = "position_ids";
    private static final String BATCH = "batch_size";
    private static final String SEQUENCE = "sequence_length";
    private static final String PAST = "past_sequence_length";
    private static final String TOTAL = "total_sequence_length";

    private final GraphBuilder graph = new GraphBuilder("decoder");
    private final DecoderConfig config;
    private final ModelInitializers weights;
    private final Map<String, String> shared = new HashMap<>();
    private final Map<Integer, String> masks = new HashMap<>();

    private DecoderModelGraph(DecoderConfig config, ExportWeights weights) {
        this.config = config;
        this.weights = new ModelInitializers(graph, weights);
    }

    /**
     * A model and what its file of weights holds.
     *
     * @param model the serialised {@code ModelProto}
     * @param data the tensors whose elements are in the file, in its order
     * @param bytes the size of the file
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Linked(byte[] model, List<ModelInitializers.Extent> data, long bytes) {}

    static Linked link(DecoderConfig config, ExportWeights weights) {
        var model = new DecoderModelGraph(config, weights);
        byte[] bytes = model.build();
        return new Linked(bytes, model.weights.extents(), model.weights.bytes());
    }

    private byte[] build() {
        declareInputs();
        rotate();
        String x = "hidden_states.0";
        append("embedding", BlockGraphs.embedding(config), WeightLayout.embedding(config), "",
                Map.of(GraphValues.TOKENS, TOKENS, GraphValues.POSITIONS, POSITIONS,
                        GraphValues.HIDDEN_OUT, x));
        for (int layer = 0; layer < config.layers(); layer++) {
            String next = "hidden_states." + (layer + 1);
            String past = "past_key_values." + layer;
            String present = "present." + layer;
            var names = new HashMap<>(shared);
            names.putAll(Map.of(GraphValues.HIDDEN, x, GraphValues.HIDDEN_OUT, next,
                    GraphValues.MASK, mask(config.slidingWindows().get(layer)),
                    GraphValues.PAST_KEYS, past + ".key", GraphValues.PAST_VALUES,
                    past + ".value", GraphValues.PRESENT_KEYS, present + ".key",
                    GraphValues.PRESENT_VALUES, present + ".value"));
            append("layers." + layer,
                    BlockGraphs.layer(config, layer, new AttentionForm.Cached()),
                    WeightLayout.layer(config, layer), WeightLayout.layerPrefix(config, layer),
                    names);
            x = next;
        }
        append("head", HeadGraph.everywhere(config), WeightLayout.head(config), "",
                Map.of(GraphValues.HIDDEN, x, GraphValues.LOGITS, "logits"));
        declareOutputs();
        return graph.build();
    }

    private void declareInputs() {
        graph.input(TOKENS, INT64, BATCH, SEQUENCE);
        graph.input(MASK, INT64, BATCH, TOTAL);
        graph.input(POSITIONS, INT64, BATCH, SEQUENCE);
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String part : List.of(".key", ".value")) {
                graph.input("past_key_values." + layer + part, FLOAT, BATCH,
                        config.keyValueHeads(), PAST, config.headDim());
            }
        }
    }

    private void declareOutputs() {
        graph.output("logits", FLOAT, BATCH, SEQUENCE, config.vocabSize());
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String part : List.of(".key", ".value")) {
                graph.output("present." + layer + part, FLOAT, BATCH, config.keyValueHeads(),
                        TOTAL, config.headDim());
            }
        }
    }

    /** A row of cosines and sines for each token of the call, and for each token the number of its row. */
    private void rotate() {
        List<Double> frequencies = config.rope().inverseFrequencies();
        if (frequencies.isEmpty()) {
            shared.put(GraphValues.POSITIONS, POSITIONS);
            return;
        }
        String rows = graph.node("Range", List.of(graph.integer(0),
                graph.node("Size", List.of(POSITIONS)), graph.integer(1)));
        shared.put(GraphValues.POSITIONS, graph.node("Reshape",
                List.of(rows, graph.node("Shape", List.of(POSITIONS)))));
        String column = graph.node("Reshape",
                List.of(graph.node("Cast", List.of(POSITIONS),
                        attribute("to", FLOAT.getNumber())), graph.integers(-1, 1)));
        String angles = graph.node("Mul", List.of(column,
                graph.floats(frequencies.stream().map(Double::floatValue).toList(),
                        frequencies.size())));
        shared.put(GraphValues.COSINES, scaled(graph.node("Cos", List.of(angles))));
        shared.put(GraphValues.SINES, scaled(graph.node("Sin", List.of(angles))));
    }

    private String scaled(String table) {
        double factor = config.rope().attentionFactor();
        return factor == 1
                ? table
                : graph.node("Mul", List.of(table, graph.floats(List.of((float) factor))));
    }

    /** Which keys a query sees, [B, 1, S, P + S]. */
    private String mask(int window) {
        return masks.computeIfAbsent(window, this::newMask);
    }

    private String newMask(int window) {
        String total = graph.node("Squeeze", List.of(graph.node("Shape", List.of(MASK),
                attribute("start", 1))));
        String sequence = graph.node("Squeeze", List.of(graph.node("Shape", List.of(TOKENS),
                attribute("start", 1))));
        String one = graph.integer(1);
        String keys = graph.node("Range", List.of(graph.integer(0), total, one));
        String queries = graph.node("Unsqueeze", List.of(graph.node("Range",
                List.of(graph.node("Sub", List.of(total, sequence)), total, one)),
                graph.integers(1)));
        String earlier = graph.node("Less", List.of(keys, queries));
        if (window > 0) {
            String near = graph.node("Less", List.of(
                    graph.node("Sub", List.of(queries, keys)), graph.integer(window)));
            earlier = graph.node("And", List.of(earlier, near));
        }
        String attended = graph.node("Unsqueeze", List.of(graph.node("Cast", List.of(MASK),
                attribute("to", BOOL.getNumber())), graph.integers(1, 2)));
        return graph.node("Or", List.of(graph.node("And", List.of(attended, earlier)),
                graph.node("Equal", List.of(keys, queries))));
    }

    /** Links a block: values that {@code names} does not name become its own. */
    private void append(String block, byte[] model, List<Weight> tensors, String prefix,
            Map<String, String> names) {
        GraphProto part = GraphBuilder.parse(model);
        var values = new HashMap<>(names);
        values.put("", "");
        Set<String> inputs = Set.copyOf(
                part.getInputList().stream().map(ValueInfoProto::getName).toList());
        for (Weight tensor : tensors) {
            String input = tensor.name().substring(prefix.length());
            if (inputs.contains(input)) {
                values.put(input, weights.value(tensor));
            }
        }
        inputs.forEach(input -> Objects.requireNonNull(values.get(input), input));
        graph.append(part, name -> values.getOrDefault(name, block + "." + name));
    }
}
