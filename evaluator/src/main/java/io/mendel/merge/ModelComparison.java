package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.Tensor;
import io.mendel.checkpoint.TensorInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How models differ from a first one, layer by layer: sizes of their deltas and angles between them.
 *
 * <p>
 * The floating-point tensors that all models have in one shape are compared; differences are rounded to fp32 and
 * reduced in fp64 in a fixed order. Small angles between deltas say that parents changed the same things; deltas that
 * are nearly orthogonal merge without getting in each other's way. Hirano, Imajo: The construction of
 * instruction-tuned LLMs for finance without instruction data, 2024, https://arxiv.org/abs/2409.19854
 *
 * @param models the models' names; deltas are taken from the first
 * @param groups tensors outside the layers first, then the layers in order, then all together
 * @param tensors each tensor by itself, by name
 * @param unmatched tensors that were not compared, and why
 * @since 0.1
 */
public record ModelComparison(List<String> models, List<Group> groups, List<Group> tensors,
        SortedMap<String, String> unmatched) {

    /** Deltas are called independent if the cosine of their angle is at most this, positive or negative. */
    public static final double INDEPENDENT = 0.3;

    /**
     * Two deltas that are not independent.
     *
     * @param first index of the one among the deltas
     * @param second index of the other, larger
     * @param cosine of the angle between them, over all weights
     * @param count number of tensors in which they are not independent
     * @param largest the tensor in which they are it least
     */
    public record Overlap(int first, int second, double cosine, int count, Group largest) {}

    /** Pairs of deltas that are not independent over all weights, in the order of the models. */
    public List<Overlap> overlaps() {
        Group all = groups.getLast();
        var overlaps = new ArrayList<Overlap>();
        for (int a = 0; a < all.deltaNorms().size(); a++) {
            for (int b = a + 1; b < all.deltaNorms().size(); b++) {
                double cosine = all.deltaCosine(a, b);
                if (Math.abs(cosine) > INDEPENDENT) {
                    overlaps.add(overlap(a, b, cosine));
                }
            }
        }
        return overlaps;
    }

    private Overlap overlap(int a, int b, double cosine) {
        List<Group> dependent = tensors.stream()
                .filter(tensor -> Math.abs(tensor.deltaCosine(a, b)) > INDEPENDENT)
                .toList();
        Group largest = tensors.stream()
                .max(Comparator.comparingDouble(tensor -> Math.abs(tensor.deltaCosine(a, b))))
                .orElseThrow();
        return new Overlap(a, b, cosine, dependent.size(), largest);
    }

    /**
     * A tensor, a layer, or what stands outside of all layers.
     *
     * @param name such as {@code layer 3}, or the tensor's
     * @param elements number of weights
     * @param norm L2 norm of the first model's weights
     * @param deltaNorms L2 norm of the delta of each other model
     * @param deltaCosines cosine of the angle between deltas i and j, 0 where one of them is zero
     * @param cosines cosine of the angle between the first model's weights and each other model's
     */
    public record Group(String name, long elements, double norm, List<Double> deltaNorms,
            List<List<Double>> deltaCosines, List<Double> cosines) {
        public Group {
            deltaNorms = List.copyOf(deltaNorms);
            deltaCosines = List.copyOf(deltaCosines);
            cosines = List.copyOf(cosines);
        }

        /** Cosine of the angle between two deltas. */
        double deltaCosine(int a, int b) {
            return deltaCosines.get(a).get(b);
        }
    }

    /**
     * Compares models; reads each once.
     *
     * @param models at least two, by name; deltas are taken from the first
     * @param threads number of threads
     */
    public static ModelComparison of(SequencedMap<String, Checkpoint> models, int threads) {
        if (models.size() < 2) {
            throw new IllegalArgumentException("Two models are needed for a comparison.");
        }
        List<Checkpoint> checkpoints = List.copyOf(models.sequencedValues());
        SortedMap<String, String> unmatched = unmatched(models);
        List<String> tensors = checkpoints.getFirst()
                .tensors()
                .keySet()
                .stream()
                .filter(name -> !unmatched.containsKey(name))
                .toList();
        var moments = new DeltaMoments[tensors.size()];
        try (var workers = new Workers(threads)) {
            workers.forEach(tensors.size(), i -> {
                String name = tensors.get((int) i);
                List<Tensor> inputs = checkpoints.stream().map(c -> c.tensor(name)).toList();
                moments[(int) i] = DeltaMoments.of(inputs);
            });
        }
        String stack = LayerName.mainStack(tensors);
        var layers = new TreeMap<Integer, DeltaMoments>(Comparator.naturalOrder());
        DeltaMoments all = DeltaMoments.none(checkpoints.size());
        for (int i = 0; i < moments.length; i++) {
            LayerName name = LayerName.of(tensors.get(i));
            int layer = name != null && name.stack().equals(stack) ? name.layer() : -1;
            layers.merge(layer, moments[i], DeltaMoments::plus);
            all = all.plus(moments[i]);
        }
        var single = new ArrayList<Group>();
        for (int i = 0; i < moments.length; i++) {
            single.add(moments[i].group(tensors.get(i)));
        }
        var groups = new ArrayList<Group>();
        layers.forEach((layer, sums) -> groups
                .add(sums.group(layer < 0 ? "outside layers" : "layer " + layer)));
        groups.add(all.group("all"));
        return new ModelComparison(List.copyOf(models.sequencedKeySet()), groups, single,
                unmatched);
    }

    private static SortedMap<String, String> unmatched(SequencedMap<String, Checkpoint> models) {
        var names = new TreeSet<String>();
        models.values().forEach(model -> names.addAll(model.tensors().keySet()));
        var unmatched = new TreeMap<String, String>();
        for (String name : names) {
            TensorInfo first = models.firstEntry().getValue().tensors().get(name);
            for (Map.Entry<String, Checkpoint> model : models.entrySet()) {
                TensorInfo info = model.getValue().tensors().get(name);
                if (info == null) {
                    unmatched.put(name, "missing in " + model.getKey());
                } else if (!info.dtype().isFloat()) {
                    unmatched.put(name, "not floating-point in " + model.getKey());
                } else if (first != null && !first.shape().equals(info.shape())) {
                    unmatched.put(name, "%s in %s, %s in %s".formatted(first.shape(),
                            models.firstEntry().getKey(), info.shape(), model.getKey()));
                }
            }
        }
        return unmatched;
    }
}
