package io.mendel.space;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Every layer of every parent as it is: all layers of the first parent, then all of the second, and so on. */
final class ParentLayers implements LayerAlphabet {

    private record Letter(DataFlowSettings.Model model, int layer) {}

    private final List<DataFlowSettings.Model> models;
    private final List<Letter> letters = new ArrayList<>();

    ParentLayers(List<DataFlowSettings.Model> models) {
        this.models = List.copyOf(models);
        for (DataFlowSettings.Model model : models) {
            IntStream.range(0, model.layers()).forEach(i -> letters.add(new Letter(model, i)));
        }
    }

    @Override
    public int size() {
        return letters.size();
    }

    @Override
    public String name(int letter) {
        return kind(letter) + "." + depth(letter);
    }

    @Override
    public String kind(int letter) {
        return letters.get(letter).model.label();
    }

    @Override
    public int depth(int letter) {
        return letters.get(letter).layer;
    }

    @Override
    public List<Integer> at(int depth) {
        return IntStream.range(0, letters.size())
                .filter(letter -> letters.get(letter).layer == depth)
                .boxed()
                .toList();
    }

    @Override
    public List<Integer> own() {
        return parents().getFirst().letters();
    }

    @Override
    public List<Named> parents() {
        return models.stream()
                .map(model -> new Named(model.label(),
                        IntStream.range(0, letters.size())
                                .filter(letter -> letters.get(letter).model.equals(model))
                                .boxed()
                                .toList()))
                .toList();
    }

    @Override
    public List<Gene.Real> stepGenes() {
        return List.of();
    }

    @Override
    public List<Gene.Real> outerGenes() {
        return List.of();
    }

    @Override
    public List<Double> restingValues() {
        return List.of();
    }

    @Override
    public Recipe recipe(List<PathStep> path, List<Double> outer) {
        var slices = path.stream().map(step -> letters.get(step.letter())).map(letter -> {
            var range = new LayerRange(letter.layer, letter.layer + 1);
            var source = new Source(letter.model.name(), range, new TreeMap<>());
            return new Slice(List.of(source), null, new TreeMap<>());
        }).toList();
        return new Recipe(MergeMethods.PASSTHROUGH, null, slices, new TreeMap<>(), null, null, 0)
                .withScales(LayerAlphabet.scales(path));
    }
}
