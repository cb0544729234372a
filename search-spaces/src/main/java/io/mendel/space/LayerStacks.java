package io.mendel.space;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Recipes that stack layers as they are: frankenmerges, depth up-scaling, pruning.
 *
 * <p>
 * All are passthrough recipes; embedding and head are those of the first and the last part. {@link #stepwise} makes paths
 * of single layers of them, from which a search over paths can start.
 *
 * @since 0.1
 */
public final class LayerStacks {

    private LayerStacks() {}

    /**
     * Some layers of a model.
     *
     * @param model the model
     * @param layers its layers
     */
    public record Part(String model, LayerRange layers) {}

    /**
     * Parts of models, one upon another.
     *
     * @param parts at least one, the lowest first; they may repeat, overlap and come in any order
     */
    public static Recipe frankenmerge(List<Part> parts) {
        var slices = new ArrayList<Slice>();
        for (Part part : parts) {
            slices.add(Slice
                    .of(List.of(new Source(part.model(), part.layers(), new TreeMap<>()))));
        }
        return new Recipe(MergeMethods.PASSTHROUGH, null, slices, new TreeMap<>(), null, null, 0);
    }

    /**
     * Windows of layers that move upwards, from one model after another in turn, the last window ending at the last layer.
     *
     * <p>
     * With windows wider than the stride they overlap, which is how models such as Goliath-120B were stacked of two
     * siblings.
     *
     * @param models at least one
     * @param layers layers of each model
     * @param window layers of a window, 1 to {@code layers}
     * @param stride layers by which a window begins above the one before, 1 to {@code window}, so that none is left out
     */
    public static Recipe interleave(List<String> models, int layers, int window, int stride) {
        if (models.isEmpty() || window < 1 || window > layers || stride < 1 || stride > window) {
            throw new IllegalArgumentException(
                    "Interleaving needs models and 1 <= stride <= window <= layers, not %d models, stride %d, window %d, layers %d."
                            .formatted(models.size(), stride, window, layers));
        }
        var parts = new ArrayList<Part>();
        int start = 0;
        while (true) {
            int end = Math.min(start + window, layers);
            parts.add(new Part(models.get(parts.size() % models.size()),
                    new LayerRange(start, end)));
            if (end == layers) {
                return frankenmerge(parts);
            }
            start += stride;
        }
    }

    /**
     * Depth up-scaling: a model without its last layers, and upon it the same model without its first ones.
     *
     * <p>
     * Kim et al., SOLAR 10.7B: scaling large language models with simple yet effective depth up-scaling, 2024,
     * https://arxiv.org/abs/2312.15166, with 32 layers and {@code dropped} 8 for 48 layers.
     *
     * @param model the model
     * @param layers its layers
     * @param dropped layers that either copy lacks, 0 to {@code layers − 1}
     */
    public static Recipe depthUpscale(String model, int layers, int dropped) {
        if (dropped < 0 || dropped >= layers) {
            throw new IllegalArgumentException(
                    "Each copy must keep at least one of %d layers, so from 0 to %d can be dropped, not %d."
                            .formatted(layers, layers - 1, dropped));
        }
        return frankenmerge(List.of(new Part(model, new LayerRange(0, layers - dropped)),
                new Part(model, new LayerRange(dropped, layers))));
    }

    /**
     * A model without some of its layers.
     *
     * <p>
     * Gromov et al., The unreasonable ineffectiveness of the deeper layers, 2024, https://arxiv.org/abs/2403.17887, drop a
     * block of layers below the last ones.
     *
     * @param model the model
     * @param layers its layers
     * @param dropped which layers; at least one must be left
     */
    public static Recipe prune(String model, int layers, List<LayerRange> dropped) {
        var parts = new ArrayList<Part>();
        int start = -1;
        for (int layer = 0; layer <= layers; layer++) {
            int here = layer;
            boolean kept = layer < layers && dropped.stream()
                    .noneMatch(range -> here >= range.start() && here < range.end());
            if (kept && start < 0) {
                start = layer;
            } else if (!kept && start >= 0) {
                parts.add(new Part(model, new LayerRange(start, layer)));
                start = -1;
            }
        }
        if (parts.isEmpty() || dropped.stream().anyMatch(range -> range.end() > layers)) {
            throw new IllegalArgumentException(
                    "The layers %s must be among the %d of the model and leave at least one."
                            .formatted(dropped, layers));
        }
        return frankenmerge(parts);
    }

    /**
     * The same model with a slice for each of its layers.
     *
     * @param recipe slices with layer ranges and without parameters that vary along a slice
     * @throws IllegalArgumentException if a source has no layer range, or a parameter is a gradient
     */
    public static Recipe stepwise(Recipe recipe) {
        requireConstant(recipe.parameters());
        var steps = new ArrayList<Slice>();
        for (Slice slice : recipe.slices()) {
            requireConstant(slice.parameters());
            for (int i = 0; i < size(slice); i++) {
                int index = i;
                steps.add(new Slice(
                        slice.sources().stream().map(source -> layer(source, index)).toList(),
                        slice.base(), slice.parameters()));
            }
        }
        return new Recipe(recipe.method(), recipe.base(), steps, recipe.modules(),
                recipe.parameters(), recipe.dtype(), recipe.outDtype(), recipe.tokenizer(),
                recipe.chatTemplate(), recipe.seed(), recipe.scales());
    }

    private static int size(Slice slice) {
        LayerRange range = slice.sources().getFirst().layers();
        if (range == null) {
            throw new IllegalArgumentException(
                    "A slice over all layers of its models cannot be cut; give its sources layer ranges.");
        }
        return range.size();
    }

    private static Source layer(Source source, int index) {
        requireConstant(source.parameters());
        LayerRange range = source.layers();
        int layer = range == null ? index : range.start() + index;
        return new Source(source.model(), new LayerRange(layer, layer + 1), source.parameters());
    }

    private static void requireConstant(SortedMap<String, ParameterValue> parameters) {
        parameters.forEach((name, value) -> {
            if (value.rules().stream().anyMatch(rule -> rule.gradient().size() > 1)) {
                throw new IllegalArgumentException("The parameter " + name
                        + " varies along a slice, so the slice cannot be cut into layers.");
            }
        });
    }
}
