package io.mendel.graph;

import static io.mendel.graph.GraphBuilder.attribute;

import io.mendel.graph.WeightLayout.Weight;
import java.util.List;

/**
 * A projection {@code x · Wᵀ + b} of rows.
 *
 * @param name the name of its tensors without {@code .weight} and {@code .bias}
 * @param out width of the result
 * @param in width of x
 * @param bias whether there is a b
 */
record Linear(String name, long out, long in, boolean bias) {

    /** Adds the product and declares its weights; [rows, out]. */
    String append(GraphBuilder graph, String x) {
        String weight = graph.weight(name + ".weight", out, in);
        List<String> inputs = bias
                ? List.of(x, weight, graph.weight(name + ".bias", out))
                : List.of(x, weight);
        return graph.node("Gemm", inputs, attribute("transB", 1));
    }

    /** Lists the tensors, whose names in the checkpoint start with {@code prefix}. */
    void addTo(List<Weight> weights, String prefix) {
        weights.add(new Weight(prefix + name + ".weight", List.of(out, in)));
        if (bias) {
            weights.add(new Weight(prefix + name + ".bias", List.of(out)));
        }
    }
}
