package io.mendel.space;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a parameter space is made of.
 *
 * @param base the ancestor of the parents; null if no method needs one
 * @param parents names of the parents, at least one; exactly two for slerp
 * @param methods the methods to choose from, at least one; slerp only alone
 * @param layers the parents' layers
 * @param groups consecutive layer ranges that cover all layers
 * @param filters substrings of tensor names that get their own genes inside each group
 * @param weight range of the weights
 * @param density range of the densities, inside [0, 1]
 * @param seed seed of random masks
 * @param options further parameters of the methods that are searched
 * @param ranges ranges of those weights and densities whose gene's name contains the key, the last one that fits
 * @param curvePoints values of each weight and density over the depth, interpolated linearly, in place of one for each
 *            layer group; 0 for groups
 * @since 0.1
 */
public record ParameterSpaceSettings(@Nullable String base, List<String> parents,
        List<MergeMethod> methods,
        LayersAndNames layers, List<LayerRange> groups, List<String> filters, Range weight,
        Range density, long seed, List<ParameterOption> options, Map<String, Range> ranges,
        int curvePoints) {

    /**
     * A closed range.
     *
     * @param min smallest value
     * @param max largest value, above {@code min}
     */
    public record Range(double min, double max) {
        public Range {
            if (!(min < max)) {
                throw new IllegalArgumentException(
                        "A range needs min < max, not [" + min + ", " + max + "].");
            }
        }
    }

    /** Settings with weights and densities of layer groups only. */
    public ParameterSpaceSettings(@Nullable String base, List<String> parents,
            List<MergeMethod> methods, LayersAndNames layers, List<LayerRange> groups,
            List<String> filters, Range weight, Range density, long seed) {
        this(base, parents, methods, layers, groups, filters, weight, density, seed, List.of(),
                Map.of(), 0);
    }

    public ParameterSpaceSettings {
        options = List.copyOf(options);
        ranges = Collections.unmodifiableMap(new LinkedHashMap<>(ranges));
        parents = List.copyOf(parents);
        methods = List.copyOf(methods);
        groups = List.copyOf(groups);
        filters = List.copyOf(filters);
        if (parents.isEmpty() || methods.isEmpty()) {
            throw new IllegalArgumentException(
                    "A parameter space needs at least one parent and one method.");
        }
        if (density.min < 0 || density.max > 1) {
            throw new IllegalArgumentException(
                    "Densities lie in [0, 1], not in [" + density.min + ", " + density.max + "].");
        }
        if (methods.contains(MergeMethods.SLERP) && (methods.size() > 1 || parents.size() != 2)) {
            throw new IllegalArgumentException(
                    "slerp needs exactly two parents and cannot share a space with other "
                            + "methods; here are " + parents.size() + " parents and "
                            + methods.size() + " methods.");
        }
        if (base == null
                && methods.stream().anyMatch(m -> m.needsBase() && !m.equals(MergeMethods.SLERP))) {
            throw new IllegalArgumentException("A base model is required by "
                    + methods.stream()
                            .filter(MergeMethod::needsBase)
                            .findFirst()
                            .orElseThrow()
                            .name()
                    + ".");
        }
        if (methods.contains(MergeMethods.SLERP) && !options.isEmpty()) {
            throw new IllegalArgumentException("slerp has no further parameters to search.");
        }
        for (ParameterOption option : options) {
            option.requireKnown(methods);
        }
        if (curvePoints < 0 || curvePoints == 1 || curvePoints > layers.count()) {
            throw new IllegalArgumentException("A curve over " + layers.count()
                    + " layers has from 2 to as many points, not " + curvePoints + ".");
        }
        for (MergeMethod method : methods) {
            requireGenes(method, parents.size());
        }
        int next = 0;
        for (LayerRange group : groups) {
            if (group.start() != next) {
                throw new IllegalArgumentException(
                        "Layer groups must follow each other without gaps; one starts at "
                                + group.start() + " instead of " + next + ".");
            }
            next = group.end();
        }
        if (next != layers.count()) {
            throw new IllegalArgumentException(
                    "Layer groups must cover all " + layers.count() + " layers, these cover " + next
                            + ".");
        }
    }

    private static void requireGenes(MergeMethod method, int parents) {
        if (!method.equals(MergeMethods.SLERP) && !method.has("weight")) {
            throw new IllegalArgumentException("The method " + method.name()
                    + " has no weights that could be searched.");
        }
        if (parents < method.minModels() || parents > method.maxModels()) {
            throw new IllegalArgumentException("The method " + method.name() + " merges at least "
                    + method.minModels() + " and at most " + method.maxModels()
                    + " models; here are "
                    + parents + " parents.");
        }
    }

    /** Cuts {@code layers} into {@code groups} ranges whose sizes differ by at most one. */
    public static List<LayerRange> equalGroups(int layers, int groups) {
        if (groups < 1 || groups > layers) {
            throw new IllegalArgumentException(
                    "From 1 to " + layers + " layer groups are possible, not " + groups + ".");
        }
        var ranges = new ArrayList<LayerRange>();
        for (int i = 0; i < groups; i++) {
            ranges.add(new LayerRange(layers * i / groups, layers * (i + 1) / groups));
        }
        return ranges;
    }

    List<String> outerTensors() {
        return layers.outerTensors();
    }

    boolean isSlerp() {
        return methods.contains(MergeMethods.SLERP);
    }

    boolean hasDensity() {
        return methods.stream().anyMatch(method -> method.has("density"));
    }
}
