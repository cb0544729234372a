package io.mendel.merge;

import io.mendel.checkpoint.DType;
import io.mendel.merge.MergeException.Kind;
import io.mendel.space.Recipe;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Folds the scales of a recipe into weights, so that a path with scales is an ordinary model.
 *
 * <p>
 * In a pre-norm block the hidden state h meets everything but the residual sum through a norm. A path with scales
 * computes {@code hₖ = sₖ·hₖ₋₁ + Fₖ(norm(sₖ·hₖ₋₁))}, where F stands for attention or MLP. Divided by the cumulative
 * scale {@code cₖ = s₁·…·sₖ} this reads {@code h'ₖ = h'ₖ₋₁ + Fₖ(norm(cₖ·h'ₖ₋₁))/cₖ} for {@code h' = h/c}, and
 * {@code norm(c·h') = norm(h')}: the scales vanish if each block's last projections, by which F is linear in weights and
 * biases, are divided by c. The final norm takes the last c away. What remains is the norm's epsilon: it is compared with
 * h'² instead of h², a relative change of the normed state of about {@code ½·ε·|c² − 1|/mean(h²)}.
 *
 * <p>
 * The divisor is the product in fp64, rounded to fp32. The method's own result, in fp32, is divided by it, one rounded
 * division for each element, before the one rounding to the stored type.
 *
 * <p>
 * None of this holds where a norm follows the block (Gemma-2 and -3, OLMo-2, BERT), or where the residual sum has factors
 * of its own (Granite): such families are refused. So is every family whose blocks are not known here.
 */
final class ScaleFold {

    /**
     * The projections by which a block adds to the residual stream, as patterns of tensors' names in a layer.
     *
     * @param attention of the attention
     * @param mlp of the MLP and of experts
     */
    private record Outputs(Pattern attention, Pattern mlp) {

        static Outputs of(String attention, String mlp) {
            return new Outputs(Pattern.compile(attention + "\\.(weight|bias)"),
                    Pattern.compile(mlp + "\\.(weight|bias)"));
        }
    }

    private static final Outputs LLAMA = Outputs.of("self_attn\\.o_proj", "mlp\\.down_proj");
    private static final Outputs QWEN_EXPERTS = Outputs.of("self_attn\\.o_proj",
            "mlp\\.((experts\\.\\d+|shared_expert)\\.)?down_proj");

    private static final Map<String, Outputs> FAMILIES = new TreeMap<>(Map.ofEntries(
            Map.entry("llama", LLAMA), Map.entry("mistral", LLAMA), Map.entry("qwen2", LLAMA),
            Map.entry("qwen3", LLAMA), Map.entry("gemma", LLAMA), Map.entry("phi3", LLAMA),
            Map.entry("stablelm", LLAMA), Map.entry("qwen2_moe", QWEN_EXPERTS),
            Map.entry("qwen3_moe", QWEN_EXPERTS),
            Map.entry("mixtral",
                    Outputs.of("self_attn\\.o_proj", "block_sparse_moe\\.experts\\.\\d+\\.w2")),
            Map.entry("starcoder2", Outputs.of("self_attn\\.o_proj", "mlp\\.c_proj")),
            Map.entry("phi", Outputs.of("self_attn\\.dense", "mlp\\.fc2")),
            Map.entry("gpt2", Outputs.of("attn\\.c_proj", "mlp\\.c_proj")),
            Map.entry("gpt_neox", Outputs.of("attention\\.dense", "mlp\\.dense_4h_to_h"))));

    private static final Map<String, String> REASONS = Map.of(
            "gemma2", "has a norm behind each block", "gemma3", "has a norm behind each block",
            "gemma3_text", "has a norm behind each block",
            "olmo2", "has a norm behind each block instead of before it",
            "olmo3", "has a norm behind each block instead of before it",
            "bert", "has norms behind the residual sums",
            "roberta", "has norms behind the residual sums",
            "granite", "multiplies what its blocks add by a factor",
            "granitemoe", "multiplies what its blocks add by a factor",
            "cohere2", "mixes layers with and without positions");

    private static final double MOST = 0x1p60;
    private static final double MOST_FLOAT16 = 0x1p8;

    private final Outputs outputs;
    private final String family;
    private final double[] cumulative;

    private ScaleFold(Outputs outputs, String family, double[] cumulative) {
        this.outputs = outputs;
        this.family = family;
        this.cumulative = cumulative;
    }

    /**
     * The fold of a recipe's scales.
     *
     * @param family {@code model_type} of the models
     * @param layers number of output layers
     * @return null if all scales are 1
     * @throws MergeException if the number of scales is another, or the family's blocks do not allow it
     */
    static @Nullable ScaleFold of(Recipe recipe, String family, int layers) throws MergeException {
        List<Double> scales = recipe.scales();
        if (scales.isEmpty()) {
            return null;
        }
        if (scales.size() != layers) {
            throw new MergeException(Kind.LAYERS,
                    "The recipe has %d scales (mendel.scales), but its slices make %d layers."
                            .formatted(scales.size(), layers),
                    "Give one scale for each output layer, in order; 1 changes nothing.");
        }
        Outputs outputs = FAMILIES.get(family);
        if (outputs == null) {
            throw new MergeException(Kind.ARCHITECTURE,
                    "Scales of the hidden state cannot be folded into the weights of a '%s' model, which %s."
                            .formatted(family,
                                    REASONS.getOrDefault(family,
                                            "is not known to use the hidden state through norms only")),
                    "Remove mendel.scales, or use one of " + FAMILIES.keySet() + ".");
        }
        double[] cumulative = new double[layers];
        double product = 1;
        for (int layer = 0; layer < layers; layer++) {
            product *= scales.get(layer);
            cumulative[layer] = product;
        }
        return new ScaleFold(outputs, family, cumulative);
    }

    /** The tensor of an output layer with the scale folded in; the tensor itself where it is no output of a block. */
    TensorMerge apply(TensorMerge merge, int layer, String rest) throws MergeException {
        boolean output = outputs.attention().matcher(rest).matches()
                || outputs.mlp().matcher(rest).matches();
        if (!output || cumulative[layer] == 1) {
            return merge;
        }
        DType dtype = merge.output().dtype();
        if (!dtype.isFloat()) {
            throw new MergeException(Kind.DTYPE,
                    "The scale of layer %d cannot be folded into %s, whose elements are %s."
                            .formatted(layer, merge.output().name(), dtype),
                    "Quantised models must be converted back to floating point before they are merged.");
        }
        double most = dtype == DType.F16 ? MOST_FLOAT16 : MOST;
        if (!(cumulative[layer] <= most && cumulative[layer] >= 1 / most)) {
            throw new MergeException(Kind.PARAMETER,
                    "The scales up to layer %d multiply to %s; folded into weights of type %s this may be from %s to %s."
                            .formatted(layer, cumulative[layer], dtype, 1 / most, most),
                    dtype == DType.F16
                            ? "Write 'out_dtype: bfloat16', or keep the product of the scales near 1."
                            : "Keep the product of the scales near 1.");
        }
        return merge.dividedBy((float) cumulative[layer]);
    }

    /** Makes sure that a layer has the projections that the family's layers have. */
    void requireOutputs(int layer, Iterable<String> rests) throws MergeException {
        boolean attention = false;
        boolean mlp = false;
        for (String rest : rests) {
            attention |= outputs.attention().matcher(rest).matches();
            mlp |= outputs.mlp().matcher(rest).matches();
        }
        if (!attention || !mlp) {
            throw new MergeException(Kind.MISSING_TENSOR,
                    "Layer %d of the output has no tensor like '%s', into which the scale of a '%s' model is folded."
                            .formatted(layer, attention ? outputs.mlp() : outputs.attention(),
                                    family),
                    "Remove mendel.scales, or convert the models to the names that transformers uses.");
        }
    }
}
