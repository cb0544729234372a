package io.mendel.space;

import io.mendel.space.MergeMethod.Parameter;
import io.mendel.space.MergeMethod.Scope;
import io.mendel.space.MergeMethod.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parameters that merge methods share, with mergekit's names and defaults. */
final class MergeParameters {

    private MergeParameters() {}

    /**
     * The parameters of generalised task arithmetic.
     *
     * @param normalize default of the flag
     * @param rescale default of the flag
     */
    static List<Parameter> delta(boolean normalize, boolean rescale, Parameter... more) {
        var parameters = new ArrayList<>(List.of(weight(),
                flag("normalize", normalize, "divide by the sum of the weights that took part"),
                flag("rescale", rescale, "rescale each sparsified delta to its former L1 norm"),
                number("lambda", Scope.GLOBAL, 1.0, -10, 10, "scale of the merged delta"),
                int8Mask()));
        parameters.addAll(List.of(more));
        return parameters;
    }

    static Parameter weight() {
        return number("weight", Scope.MODEL, null, -100, 100, "the model's weight in the sum");
    }

    static Parameter density() {
        return number("density", Scope.MODEL, 1.0, 0, 1,
                "share of the delta's elements that is kept");
    }

    static Parameter gamma() {
        return number("gamma", Scope.MODEL, 0.01, 0, 1,
                "share of the delta's largest elements that is dropped");
    }

    static Parameter epsilon() {
        return number("epsilon", Scope.MODEL, 0.15, 0, 0.5,
                "how far the probability to be kept moves from the density, by rank in the row");
    }

    static Parameter int8Mask() {
        return flag("int8_mask", false, "accepted for mergekit's sake; changes nothing");
    }

    static Parameter number(String name, Scope scope, @Nullable Double defaultValue, double min,
            double max, String summary) {
        return new Parameter(name, scope, Type.NUMBER, defaultValue, min, max, summary);
    }

    static Parameter flag(String name, boolean defaultValue, String summary) {
        return new Parameter(name, Scope.GLOBAL, Type.FLAG, defaultValue ? 1.0 : 0.0, 0, 1,
                summary);
    }
}
