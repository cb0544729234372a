package io.mendel.space;

import io.mendel.space.ParameterSpaceSettings.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a data-flow space is made of.
 *
 * @param models the models whose layers a path runs, at least one; the first one's path is where a search starts
 * @param encoding how a path is written as a vector
 * @param repeats how often the layers are laid out, at least 1; unused by {@link Encoding#EDITS}
 * @param minLayers shortest path, at least 1
 * @param maxLayers longest path, at least {@code minLayers}
 * @param scale range of the factor on the hidden state before a layer, above 0 and around 1; null for none
 * @param fixedEnds whether every path begins with the first and ends with the last layer of the first model
 * @param step standard deviation, in coordinates, with which a search starts; {@link Encoding#PAPER} puts the first
 *            model's layers twice as far on the side of inclusion
 * @param merge how the models are merged at every step; null if each layer is one model's
 * @since 0.1
 */
public record DataFlowSettings(List<Model> models, Encoding encoding, int repeats, int minLayers,
        int maxLayers, @Nullable Range scale, boolean fixedEnds, double step,
        @Nullable Merge merge) {

    /**
     * How a path is written.
     *
     * @since 0.1
     */
    public enum Encoding {
        /**
         * All layers of all models in order, {@code repeats} times, each with a number that includes it if positive,
         * and a factor for every pair of successive layers. T. Akiba et al., <em>Evolutionary optimization of model
         * merging recipes</em>, 2025, <a href="https://arxiv.org/abs/2403.13187">arXiv:2403.13187</a>.
         */
        PAPER,
        /** For each depth {@code repeats} slots, each skipped or one model's layer of that depth, with a factor. */
        COMPACT,
        /** The path itself, varied by moves that keep paths sensible; for genetic algorithms. */
        EDITS
    }

    /**
     * A model.
     *
     * @param name as recipes spell it
     * @param label what people call it; different for all models of a space
     * @param layers its layers, at least 1
     */
    public record Model(String name, String label, int layers) {
        public Model {
            if (layers < 1) {
                throw new IllegalArgumentException(
                        "The model " + name + " needs at least 1 layer, not " + layers + ".");
            }
        }
    }

    /**
     * The merge expression of every step.
     *
     * @param method a method with weights
     * @param base the ancestor; null if the method needs none
     * @param weight range of the weights
     * @param density range of the densities, inside [0, 1]
     * @param outerTensors names of the tensors outside the layers
     * @param seed seed of random masks
     */
    public record Merge(MergeMethod method, @Nullable String base, Range weight, Range density,
            List<String> outerTensors, long seed) {
        public Merge {
            outerTensors = List.copyOf(outerTensors);
            if (!method.has("weight")) {
                throw new IllegalArgumentException("The method " + method.name()
                        + " has no weights that could be searched at every step.");
            }
            if (method.needsBase() && base == null) {
                throw new IllegalArgumentException(
                        "A base model is required by " + method.name() + ".");
            }
        }
    }

    public DataFlowSettings {
        models = List.copyOf(models);
        if (models.isEmpty()) {
            throw new IllegalArgumentException("A data-flow space needs at least one model.");
        }
        if (models.stream().map(Model::label).distinct().count() < models.size()) {
            throw new IllegalArgumentException("Two models have the same name among "
                    + models.stream().map(Model::label).toList() + ".");
        }
        int own = models.getFirst().layers();
        int shortest = fixedEnds ? Math.min(2, own) : 1;
        if (repeats < 1 || minLayers < shortest || maxLayers < minLayers) {
            throw new IllegalArgumentException(
                    "repeats must be at least 1, min_layers at least %d and max_layers at least min_layers, not %d, %d and %d."
                            .formatted(shortest, repeats, minLayers, maxLayers));
        }
        if (scale != null && !(scale.min() > 0 && scale.min() <= 1 && scale.max() >= 1)) {
            throw new IllegalArgumentException(
                    "The range of scales must be above 0 and hold 1, not [" + scale.min() + ", "
                            + scale.max() + "].");
        }
        if (merge != null) {
            requireMergeable(models, merge, encoding);
        }
        if (minLayers > longest(models, encoding, repeats, merge)) {
            throw new IllegalArgumentException(
                    "min_layers is %d, but these models and repeats lay out only %d layers."
                            .formatted(minLayers, longest(models, encoding, repeats, merge)));
        }
    }

    private static long longest(List<Model> models, Encoding encoding, int repeats,
            @Nullable Merge merge) {
        var depths = models.stream().mapToLong(Model::layers);
        return switch (encoding) {
            case EDITS -> Long.MAX_VALUE;
            case PAPER -> repeats * depths.sum();
            case COMPACT -> repeats
                    * (merge != null ? models.getFirst().layers() : depths.max().orElseThrow());
        };
    }

    private static void requireMergeable(List<Model> models, Merge merge, Encoding encoding) {
        if (encoding == Encoding.PAPER) {
            throw new IllegalArgumentException(
                    "The encoding paper has no weights at each step: write compact or edits.");
        }
        int own = models.getFirst().layers();
        for (Model model : models) {
            if (model.layers() != own) {
                throw new IllegalArgumentException(
                        "Only models of one depth can be merged at every step; %s has %d layers, %s has %d."
                                .formatted(models.getFirst().name(), own, model.name(),
                                        model.layers()));
            }
        }
        if (models.size() < merge.method().minModels()
                || models.size() > merge.method().maxModels()) {
            throw new IllegalArgumentException("The method " + merge.method().name()
                    + " merges at least " + merge.method().minModels() + " and at most "
                    + merge.method().maxModels() + " models; here are " + models.size() + ".");
        }
    }

    LayerAlphabet alphabet() {
        return merge == null ? new ParentLayers(models) : new MergedLayers(models, merge);
    }
}
