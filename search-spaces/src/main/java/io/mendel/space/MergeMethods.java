package io.mendel.space;

import static io.mendel.space.MergeParameters.delta;
import static io.mendel.space.MergeParameters.density;
import static io.mendel.space.MergeParameters.epsilon;
import static io.mendel.space.MergeParameters.flag;
import static io.mendel.space.MergeParameters.gamma;
import static io.mendel.space.MergeParameters.int8Mask;
import static io.mendel.space.MergeParameters.number;
import static io.mendel.space.MergeParameters.weight;

import io.mendel.space.MergeMethod.Scope;
import java.util.List;
import java.util.Optional;

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
            "Wortsman et al., Model soups, 2022, https://arxiv.org/abs/2203.05482",
            "A base_model that is not among the models is no part of the average; mergekit fails on it. "
                    + "Weights that sum to 0 are an error, not a division by 0.");

    /** Spherical interpolation of two models. */
    public static final MergeMethod SLERP = new MergeMethod("slerp",
            "Spherical interpolation from the base model (t = 0) to the other model (t = 1).", true,
            2, 2,
            List.of(number("t", Scope.GLOBAL, null, -1, 2, "place on the arc")),
            "Shoemake, Animating rotation with quaternion curves, 1985, https://doi.org/10.1145/325165.325242",
            "The angle is computed in fp64 and scalars are merged too; mergekit fails on them.");

    /** Spherical interpolation of two models, or of their deltas, by weights. */
    public static final MergeMethod NUSLERP = new MergeMethod("nuslerp",
            "Spherical interpolation of two models, or of their deltas if there is a base model; t = w2 / (w1 + w2).",
            false, 2, 2,
            List.of(weight(),
                    flag("nuslerp_flatten", true, "one angle for the whole tensor"),
                    flag("nuslerp_row_wise", false,
                            "without flattening: one angle for each index of all axes but the first, not for each row")),
            "Shoemake, Animating rotation with quaternion curves, 1985, https://doi.org/10.1145/325165.325242",
            "nuslerp_row_wise means what mergekit's code does, not what its name says. Where the sine of the angle is "
                    + "below 0.001 (mergekit: 1e-8) the arc is a line, because opposite vectors would be blown up.");

    /** Weighted mean direction of many models, or of their deltas. */
    public static final MergeMethod MULTISLERP = new MergeMethod("multislerp",
            "Mean direction of the models, or of their deltas if there is a base model, with their mean length.",
            false, 1, MANY,
            List.of(weight(),
                    flag("normalize_weights", true, "divide by the sum of the weights"),
                    number("eps", Scope.GLOBAL, 1e-8, 0, 1,
                            "added to lengths that are divided by")),
            "mergekit, multislerp, https://github.com/arcee-ai/mergekit",
            "Where the directions cancel, the weighted sum is taken for any number of models; mergekit fails for more "
                    + "than two. A single model is copied.");

    /** Mean on the sphere of many models. */
    public static final MergeMethod KARCHER = new MergeMethod("karcher",
            "Riemannian (Karcher) mean of the models' directions, with their mean length.", false,
            1,
            MANY,
            List.of(number("max_iter", Scope.GLOBAL, 10.0, 1, 1000, "most steps, a whole number"),
                    number("tol", Scope.GLOBAL, 1e-5, 0, 1,
                            "length of a step that ends the search")),
            "Karcher, Riemannian center of mass and mollifier smoothing, 1977, https://doi.org/10.1002/cpa.3160300502",
            "A base_model counts only if it is among the models; mergekit averages it in anyway. Only tensors of length 0 "
                    + "have no direction; mergekit also ignores all that are shorter than tol.");

    /** Sum of task vectors. */
    public static final MergeMethod TASK_ARITHMETIC = new MergeMethod("task_arithmetic",
            "Base plus the weighted sum of the models' deltas.", true, 1, MANY,
            delta(false, false),
            "Ilharco et al., Editing models with task arithmetic, 2023, https://arxiv.org/abs/2212.04089");

    /** Magnitude-trimmed deltas with sign election. */
    public static final MergeMethod TIES = new MergeMethod("ties",
            "Keeps the largest deltas, elects a sign per weight and averages the deltas that agree with it.",
            true, 1,
            MANY, ResearchMethods.scoped(delta(true, false, density())),
            "Yadav et al., TIES-Merging, 2023, https://arxiv.org/abs/2306.01708",
            "Of equal magnitudes those with a smaller flat index are kept; mergekit leaves it open. A density above 0 "
                    + "keeps at least one element, where mergekit fails on small tensors.");

    /** Randomly dropped and rescaled deltas, summed. */
    public static final MergeMethod DARE_LINEAR = new MergeMethod("dare_linear",
            "Drops random deltas, rescales the rest and adds the weighted sum to the base.", true,
            1, MANY,
            ResearchMethods.rescaled(delta(false, true, density())),
            "Yu et al., Language models are super Mario, 2024, https://arxiv.org/abs/2311.03099",
            "Masks depend on the recipe's seed, the model and the tensor only, so they are the same on every machine. As "
                    + "in mergekit, rescaling restores the L1 norm instead of dividing by the density.");

    /** Randomly dropped and rescaled deltas with sign election. */
    public static final MergeMethod DARE_TIES = new MergeMethod("dare_ties",
            "Drops random deltas, rescales the rest, elects a sign per weight and sums the deltas that agree with it.",
            true, 1, MANY, ResearchMethods.rescaled(delta(false, true, density())),
            DARE_LINEAR.reference(), DARE_LINEAR.notes());

    /** Deltas without their largest and smallest elements, summed. */
    public static final MergeMethod BREADCRUMBS = new MergeMethod("breadcrumbs",
            "Drops the largest (gamma) and the smallest deltas, and adds the weighted sum of the rest to the base.",
            true, 1, MANY, ResearchMethods.ranked(delta(false, false, density(), gamma())),
            "Davari and Belilovsky, Model breadcrumbs, 2023, https://arxiv.org/abs/2312.06795",
            "Where gamma drops less than one element, none is dropped; mergekit then drops the whole delta. Of equal "
                    + "magnitudes those with a smaller flat index count as larger. With scope: row, the shares density and "
                    + "gamma are those of each row, and scalars keep their delta; mergekit ranks whole tensors only.");

    /** Deltas without their largest and smallest elements, with sign election. */
    public static final MergeMethod BREADCRUMBS_TIES = new MergeMethod("breadcrumbs_ties",
            "Drops the largest (gamma) and the smallest deltas, elects a sign per weight and sums those that agree.",
            true, 1, MANY, ResearchMethods.ranked(delta(false, false, density(), gamma())),
            BREADCRUMBS.reference(),
            BREADCRUMBS.notes());

    private static final String DELLA_NOTES = "Rows are the weights of one output (all axes but the first) and masks depend "
            + "on the recipe's seed only. Epsilon is cut to min(density, 1 - density), so that the density is kept on "
            + "average where mergekit fails.";

    /** Deltas dropped at random by their rank, with sign election. */
    public static final MergeMethod DELLA = new MergeMethod("della",
            "Drops deltas at random, small ones of a row more often, rescales, elects a sign per weight and averages.",
            true, 1, MANY, delta(true, true, density(), epsilon()),
            "Deep et al., DELLA-Merging, 2024, https://arxiv.org/abs/2406.11617", DELLA_NOTES);

    /** Deltas dropped at random by their rank, summed. */
    public static final MergeMethod DELLA_LINEAR = new MergeMethod("della_linear",
            "Drops deltas at random, small ones of a row more often, rescales and adds the weighted sum to the base.",
            true, 1, MANY, delta(false, true, density(), epsilon()), DELLA.reference(),
            DELLA_NOTES);

    /** The base and the mean of its fine-tuned models, mixed by their angle. */
    public static final MergeMethod MODEL_STOCK = new MergeMethod("model_stock",
            "Moves from the base towards the models' mean, the farther the more their deltas point the same way.",
            true, 2, MANY,
            List.of(flag("filter_wise", false,
                    "one angle for each row (last axis), not for each tensor")),
            "Jang et al., Model stock, 2024, https://arxiv.org/abs/2403.19522",
            "The share of the mean is clamped to [0, 1]: deltas that oppose each other give the base, where mergekit "
                    + "extrapolates away from it or divides by 0. Short deltas keep their angle.");

    /** Deltas selected by variance and weighted by energy, with sign election. */
    public static final MergeMethod SCE = new MergeMethod("sce",
            "Selects the weights that vary most, weighs deltas by their mean square and averages those of the elected sign.",
            true, 1, MANY,
            List.of(number("select_topk", Scope.GLOBAL, 1.0, 0, 1,
                    "share of the weights that vary which is merged; the others stay as in the base"),
                    int8Mask()),
            "Wan et al., FuseChat, 2024, https://arxiv.org/abs/2408.07990",
            "Where nothing varies the base stays, where mergekit changes the tensor's shape. Weighting by mean squares has "
                    + "no lower limit: below 1e-6 mergekit weighs all alike, which ignores the method for gentle fine-tuning.");

    /** Deltas that one model alone has, and the mean of those that several have. */
    public static final MergeMethod RAM = new MergeMethod("ram",
            "Adds deltas that only one model has as they are, and the mean of those that several models have.",
            true, 1, MANY, List.of(activity()),
            "mergekit, ram, https://github.com/arcee-ai/mergekit",
            "The result is stored in the recipe's type; mergekit stores fp32 whatever was asked for. NaN counts as active.");

    /** As ram, with the deltas that one model alone has enlarged. */
    public static final MergeMethod RAMPLUS_TL = new MergeMethod("ramplus_tl",
            "As ram, but enlarges the deltas that only one model has, the more the larger the share it has in common.",
            true, 1, MANY,
            List.of(activity(),
                    number("r", Scope.GLOBAL, 0.1, 0, 10, "how much unique deltas are enlarged"),
                    number("alpha", Scope.GLOBAL, 0.2, 0, 10,
                            "largest ratio of shared to unique deltas that counts")),
            RAM.reference(), RAM.notes());

    /** The base, with the other model's weights where they matter most. */
    public static final MergeMethod ARCEE_FUSION = new MergeMethod("arcee_fusion",
            "Takes the other model's weights where difference times row divergence is unusually large, else the base's.",
            true, 2, 2, List.of(),
            "Goddard et al., Arcee's MergeKit, 2024, https://arxiv.org/abs/2403.13257",
            "Median and quartiles are those of all elements; mergekit draws a random million. The result is stored in the "
                    + "recipe's type; mergekit stores fp32 whatever was asked for.");

    /** The base, moved towards another model where they are near. */
    public static final MergeMethod NEARSWAP = new MergeMethod("nearswap",
            "Moves the base's weights to the other model's where they differ by less than t, and partly elsewhere.",
            true, 2, 2,
            List.of(number("t", Scope.GLOBAL, null, 0, 1e6,
                    "distance up to which the other model's weight is taken")),
            "mergekit, nearswap, https://github.com/arcee-ai/mergekit");

    /** One model, unchanged or scaled. */
    public static final MergeMethod PASSTHROUGH = new MergeMethod("passthrough",
            "Copies one model's weights, scaled if asked for; slices of it stack layers.", false, 1,
            1,
            List.of(number("scale", Scope.MODEL, 1.0, -100, 100, "factor of the weights")),
            "mergekit, passthrough, https://github.com/arcee-ai/mergekit");

    private static final List<MergeMethod> ALL = ResearchMethods.after(List.of(LINEAR, SLERP,
            NUSLERP, MULTISLERP,
            KARCHER, NEARSWAP, PASSTHROUGH, TASK_ARITHMETIC, TIES, DARE_LINEAR, DARE_TIES,
            BREADCRUMBS, BREADCRUMBS_TIES, DELLA, DELLA_LINEAR, MODEL_STOCK, SCE, RAM, RAMPLUS_TL,
            ARCEE_FUSION));

    private MergeMethods() {}

    /** All methods, the simplest first. */
    public static List<MergeMethod> all() {
        return ALL;
    }

    /** The method of this name. */
    public static Optional<MergeMethod> named(String name) {
        return ALL.stream().filter(method -> method.name().equals(name)).findFirst();
    }

    /** Whether a method drops deltas at random, so that its result depends on the recipe's seed. */
    static boolean drawsMasks(MergeMethod method) {
        return method.name().startsWith("dare_") || method.name().startsWith("della");
    }

    private static MergeMethod.Parameter activity() {
        return number("epsilon", Scope.GLOBAL, 1e-5, 0, 1e6,
                "magnitude above which a delta is active");
    }
}
