package io.mendel.space;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Each layer once, merged of all parents with weights of its own at every step of the path. */
final class MergedLayers implements LayerAlphabet {

    private static final double WEIGHT_STEP = 1.0 / 1000;
    private static final double DENSITY_STEP = 1.0 / 256;

    private final DataFlowSettings.Merge merge;
    private final List<DataFlowSettings.Model> parents;
    private final int layers;

    /**
     * The merged layers.
     *
     * @param models of one depth
     */
    MergedLayers(List<DataFlowSettings.Model> models, DataFlowSettings.Merge merge) {
        this.merge = merge;
        this.parents = List.copyOf(models);
        this.layers = models.getFirst().layers();
    }

    @Override
    public int size() {
        return layers;
    }

    @Override
    public String name(int letter) {
        return "merged." + letter;
    }

    @Override
    public String kind(int letter) {
        return "merged";
    }

    @Override
    public int depth(int letter) {
        return letter;
    }

    @Override
    public List<Integer> at(int depth) {
        return depth < layers ? List.of(depth) : List.of();
    }

    @Override
    public List<Integer> own() {
        return IntStream.range(0, layers).boxed().toList();
    }

    @Override
    public List<Named> parents() {
        return List.of(new Named("merged", own()));
    }

    @Override
    public List<Gene.Real> stepGenes() {
        return genes("");
    }

    @Override
    public List<Gene.Real> outerGenes() {
        return genes("outer.");
    }

    private List<Gene.Real> genes(String prefix) {
        var genes = new ArrayList<Gene.Real>();
        for (DataFlowSettings.Model parent : parents) {
            String name = prefix + parent.label();
            genes.add(new Gene.Real(name + ".weight", merge.weight().min(), merge.weight().max(),
                    WEIGHT_STEP));
            if (merge.method().has("density")) {
                genes.add(new Gene.Real(name + ".density", merge.density().min(),
                        merge.density().max(), DENSITY_STEP));
            }
        }
        return genes;
    }

    /** The middle of each range, as the search of merge parameters begins. */
    @Override
    public List<Double> restingValues() {
        return stepGenes().stream().map(gene -> gene.value(0.5)).toList();
    }

    @Override
    public Recipe recipe(List<PathStep> path, List<Double> outer) {
        var slices = new ArrayList<Slice>();
        for (int i = 0; i < path.size(); i++) {
            boolean end = i == 0 || i == path.size() - 1;
            slices.add(slice(path.get(i), end ? outer : List.of()));
        }
        boolean random = MergeMethods.drawsMasks(merge.method());
        return new Recipe(merge.method(), merge.method().needsBase() ? merge.base() : null, slices,
                new TreeMap<>(), null, null, random ? merge.seed() : 0)
                .withScales(LayerAlphabet.scales(path));
    }

    /** The ends of the path also say how embedding, final norm and head are merged. */
    private Slice slice(PathStep step, List<Double> outer) {
        var range = new LayerRange(step.letter(), step.letter() + 1);
        var sources = new ArrayList<Source>();
        int place = 0;
        for (DataFlowSettings.Model parent : parents) {
            var parameters = new TreeMap<String, ParameterValue>();
            parameters.put("weight", value(step, outer, place++));
            if (merge.method().has("density")) {
                parameters.put("density", value(step, outer, place++));
            }
            sources.add(new Source(parent.name(), range, parameters));
        }
        return new Slice(sources, null, new TreeMap<>());
    }

    private ParameterValue value(PathStep step, List<Double> outer, int place) {
        double inner = step.values().get(place);
        if (outer.isEmpty() || outer.get(place) == inner) {
            return ParameterValue.of(inner);
        }
        var rules = new ArrayList<ParameterValue.Rule>();
        for (String tensor : merge.outerTensors()) {
            rules.add(new ParameterValue.Rule(tensor, List.of(outer.get(place))));
        }
        rules.add(new ParameterValue.Rule(null, List.of(inner)));
        return new ParameterValue(rules);
    }
}
