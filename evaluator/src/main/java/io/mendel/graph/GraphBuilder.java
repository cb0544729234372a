package io.mendel.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Appends nodes to an ONNX graph and hands out the names of their results.
 *
 * <p>
 * Nodes must be added in topological order, which is the order in which one writes them down anyway. The standard
 * operator set is 23, the first with {@code Attention}, {@code RMSNormalization} and {@code RotaryEmbedding}.
 */
final class GraphBuilder {

    private static final int OPSET = 23;
    private static final int IR_VERSION = 10;

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private int names;

    GraphBuilder(String name) {
        graph.setName(name);
    }

    /**
     * Declares a graph input.
     *
     * @param dimensions a {@code Number} for a fixed size, a {@code String} for a symbolic one
     * @return the name
     */
    String input(String name, TensorProto.DataType type, Object... dimensions) {
        graph.addInput(value(name, type, dimensions));
        return name;
    }

    /** Declares an input of fp32 with fixed sizes, as all weights are. */
    String weight(String name, long... dimensions) {
        Object[] sizes = new Object[dimensions.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = dimensions[i];
        }
        return input(name, TensorProto.DataType.FLOAT, sizes);
    }

    /** Declares an input for a tensor of the checkpoint, by its name there. */
    String weight(WeightLayout.Weight weight) {
        return weight(weight.name(),
                weight.shape().stream().mapToLong(Long::longValue).toArray());
    }

    /** Declares a graph output, the last result named so. */
    void output(String name, TensorProto.DataType type, Object... dimensions) {
        graph.addOutput(value(name, type, dimensions));
    }

    /** Adds nodes, constants and outputs of another graph, with other names for all its values. */
    void append(GraphProto other, UnaryOperator<String> names) {
        for (TensorProto constant : other.getInitializerList()) {
            graph.addInitializer(constant.toBuilder().setName(names.apply(constant.getName())));
        }
        for (NodeProto node : other.getNodeList()) {
            NodeProto.Builder copy = node.toBuilder().clearInput().clearOutput();
            node.getInputList().forEach(input -> copy.addInput(names.apply(input)));
            node.getOutputList().forEach(output -> copy.addOutput(names.apply(output)));
            graph.addNode(copy.setName(names.apply(node.getName())));
        }
    }

    /** Adds a constant whose elements stand in another file. */
    void external(String name, TensorProto.DataType type, List<Long> shape, String file,
            long offset, long length) {
        var tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addAllDims(shape)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL);
        Map.of("location", file, "offset", String.valueOf(offset), "length",
                String.valueOf(length))
                .entrySet()
                .stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(entry -> tensor.addExternalData(StringStringEntryProto.newBuilder()
                        .setKey(entry.getKey())
                        .setValue(entry.getValue())));
        graph.addInitializer(tensor);
    }

    /** Adds a constant vector of fp32, or a scalar if there is no dimension. */
    String floats(List<Float> values, long... dimensions) {
        String name = "constant_" + names++;
        var tensor = TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.FLOAT.getNumber());
        for (long dimension : dimensions) {
            tensor.addDims(dimension);
        }
        graph.addInitializer(tensor.addAllFloatData(values));
        return name;
    }

    /** Adds a constant scalar of int64. */
    String integer(long value) {
        String name = "constant_" + names++;
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addInt64Data(value));
        return name;
    }

    /** Adds a constant vector of integers. */
    String integers(long... values) {
        String name = "constant_" + names++;
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * values.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(TensorProto.DataType.INT64.getNumber())
                .addDims(values.length)
                .setRawData(ByteString.copyFrom(bytes)));
        return name;
    }

    /** Adds a node with one result of a made-up name. */
    String node(String operator, List<String> inputs, AttributeProto... attributes) {
        String name = operator.toLowerCase(java.util.Locale.ROOT) + "_" + names++;
        node(operator, inputs, List.of(name), attributes);
        return name;
    }

    /** Adds a node whose results have these names; an empty input name leaves out an optional input. */
    void node(String operator, List<String> inputs, List<String> results,
            AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .setName(results.getFirst())
                .addAllInput(inputs)
                .addAllOutput(results)
                .addAllAttribute(List.of(attributes)));
    }

    /** The graph of a model that {@link #build} has serialised. */
    static GraphProto parse(byte[] model) {
        try {
            return ModelProto.parseFrom(model).getGraph();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("A model that was built can be parsed.", e);
        }
    }

    /** Serialises the model. */
    byte[] build() {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("mendel")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto attribute(String name, String value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(value))
                .build();
    }

    static AttributeProto attribute(String name, float value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.FLOAT)
                .setF(value)
                .build();
    }

    private static ValueInfoProto value(String name, TensorProto.DataType type,
            Object... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dimension : dimensions) {
            TensorShapeProto.Dimension.Builder size = shape.addDimBuilder();
            switch (dimension) {
                case Number fixed -> size.setDimValue(fixed.longValue());
                case String symbol -> size.setDimParam(symbol);
                default -> throw new IllegalArgumentException("No dimension: " + dimension);
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }
}
