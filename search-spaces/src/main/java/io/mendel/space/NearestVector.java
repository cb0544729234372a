package io.mendel.space;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The vector of a parameter space whose recipe is most like a given one: where the space has one value for several
 * layers, their mean.
 */
final class NearestVector {

    private final ParameterSpaceSettings settings;
    private final List<Part> parts;
    private final List<Gene> genes;
    private final Recipe recipe;
    private final Slice slice;

    private NearestVector(ParameterSpaceSettings settings, List<Part> parts, List<Gene> genes,
            Recipe recipe) {
        this.settings = settings;
        this.parts = parts;
        this.genes = genes;
        this.recipe = recipe;
        this.slice = recipe.slices().getFirst();
    }

    /** The vector, or null if the recipe has another method or path than all recipes of the space. */
    static double @Nullable [] of(Recipe recipe, ParameterSpaceSettings settings,
            List<Part> parts, List<Gene> genes) {
        boolean comparable = recipe.slices().size() == 1
                && settings.methods().contains(recipe.method())
                && recipe.slices()
                        .getFirst()
                        .sources()
                        .stream()
                        .allMatch(source -> source.layers() == null
                                && settings.parents().contains(source.model()));
        return comparable ? new NearestVector(settings, parts, genes, recipe).vector() : null;
    }

    private double[] vector() {
        double[] vector = new double[genes.size()];
        // Genes that are not found below, further parameters, stay in the middle.
        Arrays.fill(vector, 0.5);
        int place = 0;
        if (settings.methods().size() > 1 && genes.getFirst() instanceof Gene.Choice choice) {
            vector[place++] = (settings.methods().indexOf(recipe.method()) + 0.5)
                    / choice.words().size();
        }
        if (settings.isSlerp()) {
            fill(vector, place, "t", slice.sources().getFirst(), 0.5);
            return vector;
        }
        for (String parent : settings.parents()) {
            Source source = slice.sources()
                    .stream()
                    .filter(candidate -> candidate.model().equals(parent))
                    .findFirst()
                    .orElse(null);
            place = fill(vector, place, "weight", source, 0);
            if (settings.hasDensity()) {
                place = fill(vector, place, "density", source, 1);
            }
        }
        return vector;
    }

    private int fill(double[] vector, int place, String name, @Nullable Source source,
            double absent) {
        for (int i = 0; i < parts.size(); i++) {
            double value = source == null ? absent : value(name, source, parts.get(i), absent);
            vector[place + i] = ((Gene.Real) genes.get(place + i)).coordinate(value);
        }
        return place + parts.size();
    }

    private double value(String name, Source source, Part part, double absent) {
        LayerRange group = part.group();
        if (group == null) {
            return settings.outerTensors()
                    .stream()
                    .mapToDouble(tensor -> at(name, source, tensor, 0, absent))
                    .average()
                    .orElse(absent);
        }
        int last = Math.max(1, settings.layers().count() - 1);
        String filter = part.filter() == null ? "" : part.filter();
        double sum = 0;
        for (int layer = group.start(); layer < group.end(); layer++) {
            sum += at(name, source, "model.layers." + layer + "." + filter, (double) layer / last,
                    absent);
        }
        return sum / group.size();
    }

    /** A source's own parameter comes before its slice's, that before the recipe's. */
    private double at(String name, Source source, String tensor, double depth, double absent) {
        for (SortedMap<String, ParameterValue> parameters : List.of(source.parameters(),
                slice.parameters(), recipe.parameters())) {
            ParameterValue value = parameters.get(name);
            if (value != null && value.at(tensor, depth).isPresent()) {
                return value.at(tensor, depth).getAsDouble();
            }
        }
        return absent;
    }
}
