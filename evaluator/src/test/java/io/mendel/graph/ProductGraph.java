package io.mendel.graph;

import static ai.onnx.proto.OnnxMl.TensorProto.DataType.FLOAT;
import static io.mendel.graph.GraphBuilder.attribute;

import java.util.List;

/** A single matrix product, the yardstick of the benchmark. */
public final class ProductGraph {

    private ProductGraph() {}

    /** {@code a · bᵀ} with a [m, k] and b [n, k], both inputs. */
    public static byte[] of(int m, int k, int n) {
        GraphBuilder graph = new GraphBuilder("product");
        graph.input("a", FLOAT, m, k);
        graph.node("Gemm", List.of("a", graph.weight("b", n, k)), List.of("product"),
                attribute("transB", 1));
        graph.output("product", FLOAT, m, n);
        return graph.build();
    }
}
