package io.mendel.campaign;

import io.mendel.graph.DecoderConfig;
import io.mendel.graph.MixtureOfExperts;
import io.mendel.merge.MergePlan;
import io.mendel.merge.TensorMerge;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What it costs to run a model for one token. */
final class TokenCost {

    private TokenCost() {}

    /**
     * Floating-point operations of the matrix products: 2 for each element of a matrix that the token goes through.
     *
     * <p>
     * Of the experts of a layer those count that a token is sent to. Looking up the embedding costs nothing, the head
     * does. Attention to earlier tokens is left out, as it depends on their number.
     */
    static double flops(MergePlan plan, DecoderConfig config) {
        double elements = 0;
        for (int layer = 0; layer < config.layers(); layer++) {
            elements += elements(plan, config.layerWeights(layer), config.experts());
        }
        return 2 * (elements + elements(plan, config.headWeights(), null));
    }

    private static double elements(MergePlan plan, List<String> tensors,
            @Nullable MixtureOfExperts experts) {
        double elements = 0;
        for (String name : tensors) {
            TensorMerge merge = plan.tensor(name);
            if (merge.output().shape().size() > 1) {
                double share = experts != null && name.contains(".experts.")
                        ? (double) experts.perToken() / experts.count()
                        : 1;
                elements += share * merge.output().elements();
            }
        }
        return elements;
    }
}
