package io.mendel.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static io.mendel.graph.GraphBuilder.attribute;

import ai.onnx.proto.OnnxMl.TensorProto;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.ExportWeights;
import io.mendel.checkpoint.ExportWeights.Stored;
import io.mendel.graph.WeightLayout.Weight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of an exported model as constants whose elements stand in a file of their own, equal ones once.
 *
 * <p>
 * Operators compute in fp32: ONNX Runtime has none for bfloat16 on CPUs. Elements of a narrower type are widened, and
 * those with a divisor divided and rounded again, by nodes that the runtime computes once, when it loads the model: so
 * they are bit for bit what the checkpoint of the same model holds.
 */
final class ModelInitializers {

    /** As ONNX recommends, so that the file can be mapped. */
    private static final long ALIGNMENT = 4096;

    private final GraphBuilder graph;
    private final ExportWeights weights;
    private final Map<String, String> initializers = new HashMap<>();
    private final Map<Stored, String> values = new HashMap<>();
    private final List<Extent> extents = new ArrayList<>();
    private long bytes;

    ModelInitializers(GraphBuilder graph, ExportWeights weights) {
        this.graph = graph;
        this.weights = weights;
    }

    /**
     * A place in the file.
     *
     * @param tensor the tensor whose stored elements are there
     * @param offset where it begins
     * @param length its bytes
     */
    record Extent(String tensor, long offset, long length) {}

    /** The places, in the order of the file. */
    List<Extent> extents() {
        return List.copyOf(extents);
    }

    /** The size of the file. */
    long bytes() {
        return bytes;
    }

    /** The name of the value that holds a tensor as fp32. */
    String value(Weight tensor) {
        Stored stored = weights.stored(tensor.name());
        String known = values.get(stored);
        if (known != null) {
            return known;
        }
        String value = widened(stored, initializer(tensor, stored));
        values.put(stored, value);
        return value;
    }

    private String initializer(Weight tensor, Stored stored) {
        String key = stored.identity() + " " + stored.dtype();
        String known = initializers.get(key);
        if (known != null) {
            return known;
        }
        long length = stored.dtype().bytes()
                * tensor.shape().stream().reduce(1L, Math::multiplyExact);
        long offset = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        graph.external(tensor.name(), type(stored.dtype()), tensor.shape(), OnnxModel.DATA, offset,
                length);
        extents.add(new Extent(tensor.name(), offset, length));
        bytes = offset + length;
        initializers.put(key, tensor.name());
        return tensor.name();
    }

    private String widened(Stored stored, String initializer) {
        boolean divided = stored.divisor() != 1;
        String value = stored.dtype() == DType.F32 ? initializer : cast(initializer, FLOAT);
        if (divided) {
            value = graph.node("Div",
                    List.of(value, graph.floats(List.of(stored.divisor()))));
        }
        boolean exact = stored.rounded() == DType.F32
                || (!divided && stored.dtype() == stored.rounded());
        return exact ? value : cast(cast(value, type(stored.rounded())), FLOAT);
    }

    private String cast(String value, TensorProto.DataType type) {
        return graph.node("Cast", List.of(value), attribute("to", type.getNumber()));
    }

    private static TensorProto.DataType type(DType dtype) {
        return switch (dtype) {
            case F32 -> FLOAT;
            case F16 -> TensorProto.DataType.FLOAT16;
            case BF16 -> TensorProto.DataType.BFLOAT16;
            case F64, I64, I32, I16, I8, U64, U32, U16, U8, BOOL ->
                throw new IllegalArgumentException(
                        "Weights are stored as F32, F16 or BF16, not as " + dtype + ".");
        };
    }
}
