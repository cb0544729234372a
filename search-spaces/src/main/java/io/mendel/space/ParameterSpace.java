package io.mendel.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
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
public final class ParameterSpace implements SearchSpace {

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
                genes.add(number(settings, label(parent) + ".weight." + part.name(),
                        settings.weight(), WEIGHT_STEP));
            }
            if (settings.hasDensity()) {
                for (Part part : parts) {
                    genes.add(number(settings, label(parent) + ".density." + part.name(),
                            settings.density(), DENSITY_STEP));
                }
            }
        }
        settings.options().forEach(option -> genes.add(option.gene()));
        return genes;
    }

    private static Gene number(ParameterSpaceSettings settings, String name,
            ParameterSpaceSettings.Range usual, double step) {
        ParameterSpaceSettings.Range range = usual;
        for (var own : settings.ranges().entrySet()) {
            range = name.contains(own.getKey()) ? own.getValue() : range;
        }
        return new Gene.Real(name, range.min(), range.max(), step);
    }

    /** The last element of a model's path, which people know it by. */
    public static String label(String model) {
        String trimmed = model.replaceAll("[/\\\\]+$", "");
        return trimmed.substring(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\')) + 1);
    }

    @Override
    public List<Gene> genes() {
        return genes;
    }

    /** The nearest vector whose values all lie on their grids; genes that the method does not use are in the middle. */
    @Override
    public double[] snap(double[] vector) {
        requireLength(vector);
        double[] snapped = new double[vector.length];
        for (int i = 0; i < snapped.length; i++) {
            snapped[i] = genes.get(i).snap(isActive(i, vector) ? vector[i] : 0.5);
        }
        return snapped;
    }

    private MergeMethod method(double[] vector) {
        return settings.methods().size() > 1 && genes.getFirst() instanceof Gene.Choice choice
                ? settings.methods().get(choice.index(vector[0]))
                : settings.methods().getFirst();
    }

    /** Whether a gene has an effect under the method that the vector chooses. */
    private boolean isActive(int gene, double[] vector) {
        int option = gene - (genes.size() - settings.options().size());
        if (option >= 0) {
            return method(vector).has(settings.options().get(option).parameter());
        }
        return !genes.get(gene).name().contains(".density.") || method(vector).has("density");
    }

    @Override
    public Recipe decode(double[] vector) {
        requireLength(vector);
        MergeMethod method = method(vector);
        int place = settings.methods().size() > 1 ? 1 : 0;
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
            parameters.putAll(options(method, MergeMethod.Scope.MODEL, vector));
            sources.add(Source.of(parent, parameters));
        }
        String base = method.needsBase() ? settings.base() : null;
        boolean random = MergeMethods.drawsMasks(method);
        return new Recipe(method, base, List.of(Slice.of(sources)),
                options(method, MergeMethod.Scope.GLOBAL, vector), null, null,
                random ? settings.seed() : 0);
    }

    private SortedMap<String, ParameterValue> options(MergeMethod method, MergeMethod.Scope scope,
            double[] vector) {
        var values = new TreeMap<String, ParameterValue>();
        int first = genes.size() - settings.options().size();
        for (int i = 0; i < settings.options().size(); i++) {
            ParameterOption option = settings.options().get(i);
            double coordinate = vector[first + i];
            method.parameter(option.parameter())
                    .filter(described -> described.scope() == scope)
                    .ifPresent(described -> values.put(option.parameter(),
                            ParameterValue.of(option.value(described, coordinate))));
        }
        return values;
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
        if (settings.methods().size() > 1 && genes.getFirst() instanceof Gene.Choice choice) {
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
        Arrays.fill(vector, genes.size() - settings.options().size(), genes.size(), 0.5);
        return vector;
    }

    private int fill(double[] vector, int place, double value) {
        for (int i = 0; i < parts.size(); i++) {
            vector[place + i] = ((Gene.Real) genes.get(place + i)).coordinate(value);
        }
        return place + parts.size();
    }

    /** A uniform merge with every weight and density in the middle of its range. */
    @Override
    public double[] centre() {
        return snap(filled(genes.size(), 0.5));
    }

    /** The uniform merge, each parent alone, and the sums of all parents at common weights. */
    @Override
    public List<Seed> seeds() {
        int count = settings.parents().size();
        var seeds = new ArrayList<Seed>();
        seeds.add(seed("uniform", filled(count, 1.0 / count), 1));
        for (int i = 0; i < count; i++) {
            double[] alone = new double[count];
            alone[i] = 1;
            seeds.add(seed("parent:" + label(settings.parents().get(i)), alone, 1));
        }
        for (double weight : new double[]{0.5, 0.75, 1}) {
            seeds.add(seed("all at " + weight, filled(count, weight), 1));
        }
        seeds.add(seed("all at 1, half of the delta", filled(count, 1), 0.5));
        return seeds;
    }

    private Seed seed(String name, double[] weights, double density) {
        return new Seed(name, snap(flat(weights, density, null)));
    }

    /** The mean of the vectors. */
    @Override
    public double[] consensus(List<double[]> best) {
        return snap(mean(best));
    }

    @Override
    public @Nullable Variation variation() {
        return null;
    }

    static double[] mean(List<double[]> vectors) {
        double[] mean = new double[vectors.getFirst().length];
        for (int i = 0; i < mean.length; i++) {
            int gene = i;
            mean[i] = vectors.stream().mapToDouble(vector -> vector[gene]).sum() / vectors.size();
        }
        return mean;
    }

    private static double[] filled(int length, double value) {
        double[] array = new double[length];
        Arrays.fill(array, value);
        return array;
    }

    private void requireLength(double[] vector) {
        if (vector.length != genes.size()) {
            throw new IllegalArgumentException(
                    "The space has " + genes.size() + " genes, the vector has " + vector.length
                            + ".");
        }
    }
}
