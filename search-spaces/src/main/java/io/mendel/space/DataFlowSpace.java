package io.mendel.space;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The recipes reachable by changing the path: which layers run, in which order, how often, and by which factor the
 * hidden state is multiplied before each.
 *
 * <p>
 * A step runs one parent's layer, or, in a joint space, a layer merged of all parents with weights of its own. The first
 * step's factor is 1. Recipes have one slice for each step. How a path is written as a vector is the
 * {@link DataFlowSettings.Encoding}; every vector decodes to a path within the limits of length.
 *
 * @since 0.1
 */
public final class DataFlowSpace implements SearchSpace {

    private final LayerAlphabet alphabet;
    private final PathEncoding encoding;
    private final List<Gene> genes;

    /** The space of these settings. */
    public DataFlowSpace(DataFlowSettings settings) {
        alphabet = settings.alphabet();
        encoding = switch (settings.encoding()) {
            case PAPER -> new IndicatorEncoding(settings, alphabet);
            case COMPACT, EDITS -> new SlotEncoding(settings, alphabet);
        };
        var all = new ArrayList<Gene>(encoding.genes());
        all.addAll(alphabet.outerGenes());
        genes = List.copyOf(all);
        if (genes.isEmpty()) {
            throw new IllegalArgumentException(
                    "There is only one path in this space.\nMaybe max_layers is too small.");
        }
    }

    @Override
    public List<Gene> genes() {
        return genes;
    }

    @Override
    public double[] snap(double[] vector) {
        requireLength(vector);
        double[] path = encoding.snap(path(vector));
        double[] snapped = Arrays.copyOf(path, vector.length);
        for (int i = path.length; i < vector.length; i++) {
            snapped[i] = genes.get(i).snap(vector[i]);
        }
        return snapped;
    }

    @Override
    public Recipe decode(double[] vector) {
        requireLength(vector);
        var outer = IntStream.range(0, alphabet.outerGenes().size())
                .mapToObj(i -> alphabet.outerGenes()
                        .get(i)
                        .value(vector[encoding.genes().size() + i]))
                .toList();
        return alphabet.recipe(encoding.path(path(vector)), outer);
    }

    private double[] path(double[] vector) {
        return Arrays.copyOf(vector, encoding.genes().size());
    }

    @Override
    public double[] centre() {
        return withOuter(encoding.centre());
    }

    private double[] withOuter(double[] path) {
        double[] whole = Arrays.copyOf(path, genes.size());
        for (int i = path.length; i < whole.length; i++) {
            whole[i] = genes.get(i).snap(0.5);
        }
        return whole;
    }

    /** The first model's own path, then those of the others, with the ends that the space demands. */
    @Override
    public List<Seed> seeds() {
        return alphabet.parents()
                .stream()
                .map(parent -> new Seed("path:" + parent.name(),
                        snap(withOuter(encoding.vector(parent.letters())))))
                .toList();
    }

    /**
     * The mean of those vectors that have the path which most of them have, the best one's if there are several; null if
     * there is but one of them, since nothing lies between two paths.
     */
    @Override
    public double @Nullable [] consensus(List<double[]> best) {
        Map<List<Object>, Integer> counts = new HashMap<>();
        best.forEach(vector -> counts.merge(shape(vector), 1, Integer::sum));
        List<Object> common = shape(best.getFirst());
        for (double[] vector : best) {
            List<Object> shape = shape(vector);
            if (counts.getOrDefault(shape, 0) > counts.getOrDefault(common, 0)) {
                common = shape;
            }
        }
        List<Object> chosen = common;
        var alike = best.stream().filter(vector -> shape(vector).equals(chosen)).toList();
        if (alike.size() == 1) {
            return null;
        }
        double[] mean = snap(ParameterSpace.mean(alike));
        return shape(mean).equals(chosen) ? mean : null;
    }

    /** The layers of the path and the slots they lie in. */
    private List<Object> shape(double[] vector) {
        var shape = new ArrayList<Object>();
        encoding.path(path(vector)).forEach(step -> shape.add(step.letter()));
        for (int i = 0; i < genes.size(); i++) {
            if (genes.get(i) instanceof Gene.Choice choice) {
                shape.add(choice.index(vector[i]));
            }
        }
        return shape;
    }

    @Override
    public @Nullable Variation variation() {
        return encoding.variation();
    }

    private void requireLength(double[] vector) {
        if (vector.length != genes.size()) {
            throw new IllegalArgumentException("The space has " + genes.size()
                    + " genes, the vector has " + vector.length + ".");
        }
    }
}
