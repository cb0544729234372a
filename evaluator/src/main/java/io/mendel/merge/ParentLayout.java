package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.TensorInfo;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The tensors of a parent, sorted into layers and the rest. */
final class ParentLayout {

    static final String HEAD = "lm_head.weight";

    private static final List<String> EMBEDDINGS = List.of("embed_tokens.weight", "wte.weight",
            "shared.weight");

    private final String name;
    private final SortedMap<String, TensorInfo> tensors;
    private final @Nullable String stack;
    private final SortedMap<Integer, SortedSet<String>> layers = new TreeMap<>();
    private final SortedSet<String> outside = new TreeSet<>();
    private final SortedMap<String, Integer> stackSizes = new TreeMap<>();
    private final boolean tied;
    private final @Nullable String embedding;
    private final String family;
    private final String architecture;

    ParentLayout(String name, Checkpoint checkpoint) {
        this.name = name;
        this.tensors = checkpoint.tensors();
        this.stack = LayerName.mainStack(tensors.keySet());
        sort(tensors.keySet());
        this.embedding = embedding(tensors.keySet());
        this.tied = embedding != null
                && (checkpoint.config().path("tie_word_embeddings").asBoolean(false)
                        || !tensors.containsKey(HEAD));
        this.family = checkpoint.config().path("model_type").asText("");
        this.architecture = checkpoint.config().path("architectures").path(0).asText("");
    }

    private ParentLayout(ParentLayout whole, Collection<String> part) {
        this.name = whole.name;
        this.tensors = whole.tensors;
        this.stack = LayerName.mainStack(part);
        this.embedding = whole.embedding;
        this.tied = whole.tied;
        this.family = whole.family;
        this.architecture = whole.architecture;
        sort(part);
    }

    /** The embedding among the tensors of a model: the first of such a name that is in no layer; null if there is none. */
    static @Nullable String embedding(Set<String> names) {
        for (String tensor : names) {
            if (EMBEDDINGS.stream().anyMatch(tensor::endsWith)) {
                LayerName layer = LayerName.of(tensor);
                if (layer == null || !layer.stack().equals(LayerName.mainStack(names))) {
                    return tensor;
                }
            }
        }
        return null;
    }

    private void sort(Collection<String> names) {
        for (String tensor : names) {
            LayerName parts = LayerName.of(tensor);
            if (parts != null) {
                stackSizes.merge(parts.stack(), parts.layer() + 1, Math::max);
            }
            if (parts != null && parts.stack().equals(stack)) {
                layers.computeIfAbsent(parts.layer(), l -> new TreeSet<>()).add(parts.rest());
            } else {
                outside.add(tensor);
            }
        }
    }

    /** This parent, reduced to some of its tensors; the others can still be looked up by name. */
    ParentLayout part(Predicate<String> belongs) {
        return new ParentLayout(this, tensors.keySet().stream().filter(belongs).toList());
    }

    String name() {
        return name;
    }

    /** The {@code model_type} of its configuration, or empty. */
    String family() {
        return family;
    }

    /** Whether the other is of the same family, or an override_architecture says so. */
    boolean isRelated(ParentLayout other) {
        return family.equals(other.family)
                || (!architecture.isEmpty() && architecture.equals(other.architecture));
    }

    /** Names of all tensors. */
    Set<String> names() {
        return tensors.keySet();
    }

    /** The place of a tensor outside the main stack of layers in a stack of its own, 0 to 1; 0 if it is in none. */
    double depthOutside(String tensor) {
        LayerName parts = LayerName.of(tensor);
        if (parts == null || !stackSizes.containsKey(parts.stack())) {
            return 0;
        }
        return depth(parts.layer(), stackSizes.getOrDefault(parts.stack(), 1));
    }

    /** The place of a layer among {@code size} layers, as mergekit defines it: a single layer is the last. */
    static double depth(int layer, int size) {
        return size == 1 ? 1 : (double) layer / (size - 1);
    }

    int layerCount() {
        return layers.isEmpty() ? 0 : layers.lastKey() + 1;
    }

    /** What follows the layer number in the names of a layer's tensors. */
    SortedSet<String> layer(int layer) {
        return layers.getOrDefault(layer, new TreeSet<>());
    }

    /** The name of a layer's tensor. */
    String name(int layer, String rest) {
        return stack + "." + layer + "." + rest;
    }

    /** Names outside the layers. */
    SortedSet<String> outside() {
        return outside;
    }

    /** Whether the head shares the embedding; a stored copy of the head is then ignored. */
    boolean tied() {
        return tied;
    }

    /** The tensor, or null. */
    @Nullable
    TensorInfo info(String tensor) {
        return tensors.get(tensor);
    }

    /** The embedding's name, or null if there is none. */
    @Nullable
    String embedding() {
        return embedding;
    }

    static boolean isHead(String tensor) {
        return tensor.equals(HEAD);
    }

    /** Whether a tensor outside the layers comes before them. */
    static boolean isBeforeLayers(String tensor) {
        return (tensor.contains("embed") && !tensor.contains("embed_out"))
                || tensor.endsWith("shared.weight") || tensor.endsWith("wte.weight")
                || tensor.endsWith("wpe.weight");
    }

    /** Whether a tensor is a constant that nobody trained. */
    static boolean isBuffer(String tensor) {
        return tensor.endsWith("inv_freq") || tensor.endsWith("position_ids")
                || tensor.endsWith(".masked_bias")
                || (tensor.endsWith("attn.bias") && ("." + tensor).contains(".h."));
    }

    /** Whether models may do without a tensor, although others have it: biases, and norms of queries and keys. */
    static boolean isOptional(String tensor) {
        return tensor.endsWith(".bias") || tensor.endsWith("q_norm.weight")
                || tensor.endsWith("k_norm.weight");
    }
}
