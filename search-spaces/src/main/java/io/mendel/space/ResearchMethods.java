package io.mendel.space;

import io.mendel.space.MergeMethod.Parameter;
import io.mendel.space.MergeMethod.Scope;
import java.util.ArrayList;
import java.util.List;

/**
 * Merge methods of papers that mergekit does not have, and what Mendel adds to those it has.
 *
 * <p>
 * None of them needs data. A parameter that chooses between a tool's and a paper's reading of a method has the tool's
 * reading as its default, so that mergekit's recipes mean what they mean there.
 *
 * @since 0.1
 */
public final class ResearchMethods {

    private static final int MANY = Integer.MAX_VALUE;

    /** The shared task vector, where enough tasks rely on it. */
    public static final MergeMethod CONSENSUS = new MergeMethod("consensus",
            "Sums the deltas and keeps the elements that at least k models rely on (consensus of TALL-masks).",
            true, 1, MANY,
            List.of(weight(),
                    number("mask_lambda", Scope.MODEL, 0.4, 0, 10,
                            "a model relies on an element if |delta| > mask_lambda·|sum − delta|"),
                    number("k", Scope.GLOBAL, 2, 0, 1000,
                            "models that must rely on an element; 0 keeps all"),
                    lambda(1)),
            "Wang et al., Localizing task information for improved model merging and compression, 2024, https://arxiv.org/abs/2405.07813");

    /** Competing parameters. */
    public static final MergeMethod PCB = new MergeMethod("pcb",
            "Scores every delta within its model and against the others, drops the losers and averages the rest by score.",
            true, 1, MANY,
            List.of(number("weight", Scope.MODEL, 1, -100, 100, "factor of the model's deltas"),
                    number("ratio", Scope.GLOBAL, 0.2, 0, 1, "share of each delta that wins"),
                    lambda(1),
                    number("clip", Scope.GLOBAL, 1e-4, 0, 0.5,
                            "share of the magnitudes that is clipped at either end; the paper's form does not clip"),
                    Parameter.choice("variant",
                            "formula of the released code, of its scripts for vision models, or of the paper",
                            "release", "pairwise", "paper"),
                    Parameter.choice("scope", "what competes: the whole model, or each tensor",
                            "global", "tensor")),
            "Du et al., Parameter competition balancing for model merging, 2024, https://arxiv.org/abs/2410.02396");

    /** An average with one mask. */
    public static final MergeMethod MASKED_SOUP = new MergeMethod("masked_soup",
            "Weighted average of sparse models under one common mask, so that it is as sparse as the mask.",
            false, 1, MANY,
            List.of(weight(),
                    number("density", Scope.GLOBAL, 1, 0, 1,
                            "share of the elements that survives, in the last phase"),
                    number("phases", Scope.GLOBAL, 1, 1, 1000,
                            "phases of a schedule in which models are trained, averaged and pruned in turn"),
                    number("phase", Scope.GLOBAL, 1, 1, 1000,
                            "the phase at hand, in which density^(phase/phases) survives"),
                    Parameter.choice("mask",
                            "the largest magnitudes of the mean, of all elements or only of those that no model has at 0",
                            "mean", "intersection"),
                    Parameter.choice("scope",
                            "what is pruned as one vector: the whole model, or each tensor",
                            "global", "tensor")),
            "Zimmer et al., Sparse model soups, 2024, https://arxiv.org/abs/2306.16788");

    /** Sequential merging with projections. */
    public static final MergeMethod OPCM = new MergeMethod("opcm",
            "Adds the models one after the other, each without what lies along directions that are merged already.",
            true, 1, MANY,
            List.of(number("alpha", Scope.GLOBAL, 0.5, 0, 1,
                    "share of the singular values that is protected"),
                    lambda(1),
                    number("merged_count", Scope.GLOBAL, 1, 1, 1e6,
                            "how many parents the first model was merged from, to go on with a finished merge"),
                    number("merged_scale", Scope.GLOBAL, 1, 1e-6, 1e6,
                            "the accumulated scale that 'mendel merge' reported for that merge"),
                    embeddings()),
            "Tang et al., Merging models on the fly without retraining, 2025, https://arxiv.org/abs/2501.09522",
            "As in the paper, only linear maps are decomposed; biases, norms and, unless 'embeddings' is true, embeddings are "
                    + "summed. The cost of an embedding grows with tokens · width², and it must fit into memory as fp64.");

    /** Shared and exclusive knowledge. */
    public static final MergeMethod TWIN = new MergeMethod("twin",
            "A task-arithmetic model plus the gated low-rank remainder of each model (static Twin-Merging).",
            true, 1, MANY,
            List.of(weight(), lambda(0.3),
                    number("gate", Scope.MODEL, 1, -10, 10, "share of the model's remainder"),
                    number("rank_fraction", Scope.GLOBAL, 0.1, 0, 1,
                            "share of the remainder's singular values that is kept"),
                    number("rank", Scope.GLOBAL, 0, 0, 1e6,
                            "how many singular values are kept; 0 for rank_fraction"),
                    embeddings()),
            "Lu et al., Twin-Merging, 2024, https://arxiv.org/abs/2406.15479",
            "Tensors that are not decomposed keep the whole remainder: those of one axis, as in the paper, and embeddings "
                    + "unless 'embeddings' is true. The paper's language models differ by LoRA, whose remainder in the embedding "
                    + "is 0; its cost grows with tokens · width², and it must fit into memory as fp64.");

    /** Stages to choose. */
    public static final MergeMethod PIPELINE = new MergeMethod("pipeline",
            "Task arithmetic whose stages are choices: sparsify, rescale, weigh, elect signs, aggregate, scale.",
            true, 1, MANY,
            List.of(weight(),
                    Parameter.choice("sparsify",
                            "which elements of a delta are kept; a band drops the share gamma from the top",
                            "none", "magnitude", "random", "band"),
                    number("density", Scope.MODEL, 1, 0, 1,
                            "share of the delta's elements that is kept"),
                    number("gamma", Scope.MODEL, 0.01, 0, 1,
                            "share of the delta's elements that a band drops as outliers"),
                    Parameter.choice("rescale_rule", "how the kept deltas are scaled", "none",
                            "inverse_density", "l1", "l2", "linf"),
                    Parameter.choice("consensus",
                            "which signs take part: all, that of the larger sum, or that of more models",
                            "none", "mass", "count"),
                    Parameter.choice("aggregate",
                            "sum, sum by number of models, or sum by the weights that take part",
                            "sum", "mean", "disjoint_mean"),
                    lambda(1),
                    Parameter.choice("scope",
                            "where magnitudes are ranked: in each tensor, or in the whole model",
                            "tensor", "global")),
            "Yadav et al., TIES-Merging, 2023, https://arxiv.org/abs/2306.01708, and the papers of the named methods");

    private static final List<MergeMethod> ALL = List.of(CONSENSUS, PCB, MASKED_SOUP, OPCM, TWIN,
            PIPELINE);

    private ResearchMethods() {}

    /** All of them. */
    public static List<MergeMethod> all() {
        return ALL;
    }

    /** These methods behind others. */
    static List<MergeMethod> after(List<MergeMethod> others) {
        var all = new ArrayList<>(others);
        all.addAll(ALL);
        return List.copyOf(all);
    }

    /** Adds the authors' readings of TIES. */
    static List<Parameter> scoped(List<Parameter> ties) {
        return with(ties,
                Parameter.choice("scope",
                        "what is trimmed as one vector: each tensor, or the whole model as the authors do",
                        "tensor", "global"),
                Parameter.choice("trim_rule",
                        "exact keeps ⌊density·n⌋ elements; threshold, the authors' rule, all from the ⌊density·n⌋+1st magnitude up",
                        "exact", "threshold"),
                Parameter.choice("zero_sign",
                        "sign elected where the sum is 0: positive, or the majority of the scope as in the paper",
                        "positive", "majority"));
    }

    /** Adds the authors' reading of breadcrumbs. */
    static List<Parameter> ranked(List<Parameter> breadcrumbs) {
        return with(breadcrumbs, Parameter.choice("scope",
                "where magnitudes are ranked: in each tensor, or in each row (last axis) as in the authors' code",
                "tensor", "row"));
    }

    /** Adds the rescale rules that tools disagree about. */
    static List<Parameter> rescaled(List<Parameter> dare) {
        return with(dare, Parameter.choice("rescale_rule",
                "how the kept deltas are scaled; auto is l1 if 'rescale' is true, else none; the paper's is inverse_density",
                "auto", "none", "inverse_density", "l1", "l2", "linf"));
    }

    private static List<Parameter> with(List<Parameter> parameters, Parameter... more) {
        var all = new ArrayList<>(parameters);
        all.addAll(List.of(more));
        return all;
    }

    private static Parameter weight() {
        return number("weight", Scope.MODEL, 1, -100, 100, "the model's weight in the sum");
    }

    private static Parameter embeddings() {
        return MergeParameters.flag("embeddings", false,
                "decompose embeddings as well, as if they were linear maps");
    }

    private static Parameter lambda(double defaultValue) {
        return number("lambda", Scope.GLOBAL, defaultValue, -10, 10, "scale of the merged delta");
    }

    private static Parameter number(String name, Scope scope, double defaultValue, double min,
            double max, String summary) {
        return new Parameter(name, scope, MergeMethod.Type.NUMBER, defaultValue, min, max, summary);
    }
}
