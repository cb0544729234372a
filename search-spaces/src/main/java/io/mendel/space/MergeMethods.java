package io.mendel.space;

import io.mendel.space.MergeMethod.Parameter;
import io.mendel.space.MergeMethod.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue of merge methods, with mergekit's names, parameters and defaults.
 *
 * @since 0.1
 */
public final class MergeMethods {

    private static final int MANY = Integer.MAX_VALUE;

    /** Weighted sum of the weights. */
    public static final MergeMethod LINEAR = new MergeMethod("linear",
            "Weighted average of the models' weights (model soup).", false, 1, MANY,
            List.of(weight(), flag("normalize", true, "divide by the sum of the weights")),
            "Wortsman et al., Model soups, 2022, https://arxiv.org/abs/2203.05482");

    /** Spherical interpolation of two models. */
    public static final MergeMethod SLERP = new MergeMethod("slerp",
            "Spherical interpolation from the base model (t = 0) to the other model (t = 1).", true,
            2, 2,
            List.of(number("t", Scope.GLOBAL, null, -1, 2, "place on the arc")),
            "Shoemake, Animating rotation with quaternion curves, 1985, https://doi.org/10.1145/325165.325242");

    /** Sum of task vectors. */
    public static final MergeMethod TASK_ARITHMETIC = new MergeMethod("task_arithmetic",
            "Base plus the weighted sum of the models' deltas.", true, 1, MANY,
            delta(false, false, false),
            "Ilharco et al., Editing models with task arithmetic, 2023, https://arxiv.org/abs/2212.04089");

    /** Magnitude-trimmed deltas with sign election. */
    public static final MergeMethod TIES = new MergeMethod("ties",
            "Keeps the largest deltas, elects a sign per weight and averages the deltas that agree with it.",
            true, 1,
            MANY, ResearchMethods.scoped(delta(true, true, false)),
            "Yadav et al., TIES-Merging, 2023, https://arxiv.org/abs/2306.01708");

    /** Randomly dropped and rescaled deltas, summed. */
    public static final MergeMethod DARE_LINEAR = new MergeMethod("dare_linear",
            "Drops random deltas, rescales the rest and adds the weighted sum to the base.", true,
            1, MANY,
            ResearchMethods.rescaled(delta(true, false, true)),
            "Yu et al., Language models are super Mario, 2024, https://arxiv.org/abs/2311.03099");

    /** Randomly dropped and rescaled deltas with sign election. */
    public static final MergeMethod DARE_TIES = new MergeMethod("dare_ties",
            "Drops random deltas, rescales the rest, elects a sign per weight and sums the deltas that agree with it.",
            true, 1, MANY, ResearchMethods.rescaled(delta(true, false, true)),
            "Yu et al., Language models are super Mario, 2024, https://arxiv.org/abs/2311.03099");

    /** The base, moved towards another model where they are near. */
    public static final MergeMethod NEARSWAP = new MergeMethod("nearswap",
            "Moves the base's weights to the other model's where they differ by less than t, and partly elsewhere.",
            true, 2, 2,
            List.of(number("t", Scope.GLOBAL, null, 0, 1e6,
                    "distance up to which the other model's weight is taken")),
            "mergekit, nearswap, https://github.com/arcee-ai/mergekit");

    private static final List<MergeMethod> ALL = ResearchMethods.after(List.of(LINEAR, SLERP,
            NEARSWAP, TASK_ARITHMETIC, TIES, DARE_LINEAR, DARE_TIES));

    private MergeMethods() {}

    /** All methods, the simplest first. */
    public static List<MergeMethod> all() {
        return ALL;
    }

    /** The method of this name. */
    public static Optional<MergeMethod> named(String name) {
        return ALL.stream().filter(method -> method.name().equals(name)).findFirst();
    }

    private static List<Parameter> delta(boolean sparse, boolean normalize, boolean rescale) {
        var common = List.of(weight(),
                flag("normalize", normalize, "divide by the sum of the weights that took part"),
                flag("rescale", rescale, "rescale each sparsified delta to its former L1 norm"),
                number("lambda", Scope.GLOBAL, 1.0, -10, 10, "scale of the merged delta"),
                flag("int8_mask", false, "accepted for mergekit's sake; changes nothing"));
        if (!sparse) {
            return common;
        }
        var parameters = new ArrayList<>(common);
        parameters.add(number("density", Scope.MODEL, 1.0, 0, 1,
                "share of the delta's elements that is kept"));
        return parameters;
    }

    private static Parameter weight() {
        return number("weight", Scope.MODEL, null, -100, 100, "the model's weight in the sum");
    }

    private static Parameter number(String name, Scope scope, @Nullable Double defaultValue,
            double min, double max,
            String summary) {
        return new Parameter(name, scope, MergeMethod.Type.NUMBER, defaultValue, min, max, summary);
    }

    private static Parameter flag(String name, boolean defaultValue, String summary) {
        return new Parameter(name, Scope.GLOBAL, MergeMethod.Type.FLAG, defaultValue ? 1.0 : 0.0, 0,
                1,
                summary);
    }
}
