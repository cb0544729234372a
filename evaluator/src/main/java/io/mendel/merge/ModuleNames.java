package io.mendel.merge;

import io.mendel.merge.MergeException.Kind;
import io.mendel.space.InvalidInputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Assigns tensors to the modules of a recipe.
 *
 * <p>
 * A tensor belongs to the module whose name stands earliest among the dotted parts of the tensor's name, such as
 * {@code decoder} in {@code model.decoder.layers.0.encoder_attn.k_proj.weight}. Where two begin at the same part, the
 * longer one counts. mergekit's {@code text_decoder} is what checkpoints call {@code language_model}. The head that no
 * module's name precedes belongs to the decoder.
 */
final class ModuleNames {

    private static final Map<String, List<String>> ALIASES = Map.of("text_decoder",
            List.of("text_decoder", "language_model", "text_model"), "vision_tower",
            List.of("vision_tower", "visual"));
    private static final List<String> HEADS = List.of(ParentLayout.HEAD, "proj_out.weight",
            "final_logits_bias");
    private static final List<String> DECODERS = List.of("decoder", "text_decoder",
            "language_model");

    private final Collection<String> modules;

    ModuleNames(Collection<String> modules) {
        this.modules = modules;
    }

    /** The module of a tensor, or null if no module's name occurs in the tensor's. */
    @Nullable
    String owner(String tensor) {
        String best = null;
        int bestAt = Integer.MAX_VALUE;
        int bestLength = 0;
        for (String module : modules) {
            for (String spelling : ALIASES.getOrDefault(module, List.of(module))) {
                int at = ("." + tensor + ".").indexOf("." + spelling + ".");
                if (at >= 0 && (at < bestAt || (at == bestAt && spelling.length() > bestLength))) {
                    best = module;
                    bestAt = at;
                    bestLength = spelling.length();
                }
            }
        }
        if (best == null && HEADS.contains(tensor)) {
            return DECODERS.stream().filter(modules::contains).findFirst().orElse(null);
        }
        return best;
    }

    /** Makes sure that every tensor has a module and every module a tensor. */
    void requireCover(String model, Collection<String> tensors) throws MergeException {
        var unused = new ArrayList<>(modules);
        for (String tensor : tensors) {
            String owner = owner(tensor);
            if (owner == null && !ParentLayout.isBuffer(tensor)) {
                throw new MergeException(Kind.MODULES,
                        "No module of the recipe covers the tensor %s of the model '%s'."
                                .formatted(tensor, model),
                        "Add a module named by the beginning of the tensor's name, such as '"
                                + tensor.replaceAll("\\..*", "") + "'.");
            }
            unused.remove(owner);
        }
        if (!unused.isEmpty()) {
            var beginnings = new TreeSet<String>();
            tensors.forEach(tensor -> beginnings.add(tensor.replaceAll("\\..*", "")));
            throw new MergeException(Kind.MODULES,
                    "The model '%s' has no module '%s'.".formatted(model, unused.getFirst()),
                    InvalidInputException.didYouMean(unused.getFirst(), beginnings));
        }
    }
}
