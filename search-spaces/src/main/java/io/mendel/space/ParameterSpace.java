package io.mendel.space;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The recipes reachable by changing merge parameters: a vector in [0, 1] is decoded to one recipe.
 *
 * <p>
 * Genes are weights and densities for each parent and each {@linkplain Part part} of the network; slerp has one place
 * {@code t} for each part. If several methods are allowed, the first gene chooses. Genes a method does not use are
 * ignored by it, so two vectors may decode to equal recipes; equal recipes have equal digests.
 *
 * @since 0.1
 */
public final class ParameterSpace {

    private static final double WEIGHT_STEP = 1.0 / 1000;
    private static final double DENSITY_STEP = 1.0 / 256;

    private final ParameterSpaceSettings settings;
    private final List<Part> parts;
    private final List<Gene> genes;

    /** The space of these settings. */
    public ParameterSpace(ParameterSpaceSettings settings) {
        this.settings = settings;
        this.parts = Part.of(settings);
        this.genes = List.copyOf(genes(settings, parts));
    }

    private static List<Gene> genes(ParameterSpaceSettings settings, List<Part> parts) {
        var genes = new ArrayList<Gene>();
        if (settings.methods().size() > 1) {
            genes.add(new Gene.Choice("method",
                    settings.methods().stream().map(MergeMethod::name).toList()));
        }
        if (settings.isSlerp()) {
            for (Part part : parts) {
                genes.add(new Gene.Real("t." + part.name(), 0, 1, WEIGHT_STEP));
            }
            return genes;
        }
        for (String parent : settings.parents()) {
            for (Part part : parts) {
                genes.add(new Gene.Real(label(parent) + ".weight." + part.name(),
                        settings.weight().min(),
                        settings.weight().max(), WEIGHT_STEP));
            }
            if (settings.hasDensity()) {
                for (Part part : parts) {
                    genes.add(new Gene.Real(label(parent) + ".density." + part.name(),
                            settings.density().min(),
                            settings.density().max(), DENSITY_STEP));
                }
            }
        }
        return genes;
    }

    /** The last element of a model's path, which people know it by. */
    public static String label(String model) {
        String trimmed = model.replaceAll("[/\\\\]+$", "");
        return trimmed.substring(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\')) + 1);
    }

    /** The genes, in the order of the vector. */
    public List<Gene> genes() {
        return genes;
    }

    /** The nearest vector whose values all lie on their grids. */
    public double[] snap(double[] vector) {
        requireLength(vector);
        double[] snapped = new double[vector.length];
        for (int i = 0; i < snapped.length; i++) {
            snapped[i] = genes.get(i).snap(vector[i]);
        }
        return snapped;
    }

    /**
     * The recipe of a vector.
     *
     * @param vector one number in [0, 1] for each gene
     */
    public Recipe decode(double[] vector) {
        requireLength(vector);
        int place = 0;
        MergeMethod method = settings.methods().getFirst();
        if (genes.getFirst() instanceof Gene.Choice choice) {
            method = settings.methods().get(choice.index(vector[place++]));
        }
        if (settings.isSlerp()) {
            String start = settings.parents().getFirst();
            var parameters = new TreeMap<String, ParameterValue>();
            parameters.put("t", value(vector, place));
            var sources = settings.parents()
                    .stream()
                    .map(parent -> Source.of(parent, new TreeMap<>()))
                    .toList();
            return new Recipe(method, start, List.of(Slice.of(sources)), parameters, null, null, 0);
        }
        var sources = new ArrayList<Source>();
        for (String parent : settings.parents()) {
            var parameters = new TreeMap<String, ParameterValue>();
            parameters.put("weight", value(vector, place));
            place += parts.size();
            if (settings.hasDensity()) {
                if (method.has("density")) {
                    parameters.put("density", value(vector, place));
                }
                place += parts.size();
            }
            sources.add(Source.of(parent, parameters));
        }
        String base = method.needsBase() ? settings.base() : null;
        boolean random = MergeMethods.drawsMasks(method);
        return new Recipe(method, base, List.of(Slice.of(sources)), new TreeMap<>(), null, null,
                random ? settings.seed() : 0);
    }

    /**
     * The vector whose recipe is most like this one, to start a search from what is known.
     *
     * @param recipe a recipe of any origin
     * @return a vector of this space, snapped; null if the recipe has another method, other models or another path of
     *         layers than all recipes of this space
     */
    public double @Nullable [] nearest(Recipe recipe) {
        double[] vector = NearestVector.of(recipe, settings, parts, genes);
        return vector == null ? null : snap(vector);
    }

    private ParameterValue value(double[] vector, int place) {
        double[] values = new double[parts.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = ((Gene.Real) genes.get(place + i)).value(vector[place + i]);
        }
        return Part.combine(parts, values, settings.layers());
    }

    /**
     * The vector in which every part of the network uses these weights.
     *
     * @param weights one weight for each parent, clamped into the space's range
     * @param density the density of all parents, clamped into the space's range
     * @param method the method, if the space has several; null for the first
     */
    public double[] flat(double[] weights, double density, @Nullable MergeMethod method) {
        if (weights.length != settings.parents().size()) {
            throw new IllegalArgumentException(
                    "One weight for each of the " + settings.parents().size()
                            + " parents is required, not " + weights.length + ".");
        }
        double[] vector = new double[genes.size()];
        int place = 0;
        if (genes.getFirst() instanceof Gene.Choice choice) {
            int index = method == null ? 0 : Math.max(0, settings.methods().indexOf(method));
            vector[place++] = (index + 0.5) / choice.words().size();
        }
        int runs = settings.isSlerp() ? 1 : weights.length;
        for (int parent = 0; parent < runs; parent++) {
            double weight = settings.isSlerp()
                    ? weights[1] / Math.max(1e-12, weights[0] + weights[1])
                    : weights[parent];
            place = fill(vector, place, weight);
            if (settings.hasDensity()) {
                place = fill(vector, place, density);
            }
        }
        return vector;
    }

    private int fill(double[] vector, int place, double value) {
        for (int i = 0; i < parts.size(); i++) {
            vector[place + i] = ((Gene.Real) genes.get(place + i)).coordinate(value);
        }
        return place + parts.size();
    }

    private void requireLength(double[] vector) {
        if (vector.length != genes.size()) {
            throw new IllegalArgumentException(
                    "The space has " + genes.size() + " genes, the vector has " + vector.length
                            + ".");
        }
    }
}
