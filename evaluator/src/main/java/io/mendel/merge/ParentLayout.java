package io.mendel.merge;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.TensorInfo;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tensors of a parent, sorted into layers and the rest. */
final class ParentLayout {

    static final String HEAD = "lm_head.weight";

    private final String name;
    private final SortedMap<String, TensorInfo> tensors;
    private final @Nullable String stack;
    private final SortedMap<Integer, SortedSet<String>> layers = new TreeMap<>();
    private final SortedSet<String> outside = new TreeSet<>();
    private final boolean tied;
    private final String family;

    ParentLayout(String name, Checkpoint checkpoint) {
        this.name = name;
        this.tensors = checkpoint.tensors();
        this.stack = LayerName.mainStack(tensors.keySet());
        for (String tensor : tensors.keySet()) {
            LayerName parts = LayerName.of(tensor);
            if (parts != null && parts.stack().equals(stack)) {
                layers.computeIfAbsent(parts.layer(), l -> new TreeSet<>()).add(parts.rest());
            } else {
                outside.add(tensor);
            }
        }
        this.tied = embedding() != null
                && (checkpoint.config().path("tie_word_embeddings").asBoolean(false)
                        || !tensors.containsKey(HEAD));
        this.family = checkpoint.config().path("model_type").asText("");
    }

    String name() {
        return name;
    }

    /** The {@code model_type} of its configuration, or empty. */
    String family() {
        return family;
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
        return outside.stream()
                .filter(t -> t.endsWith("embed_tokens.weight") || t.endsWith("wte.weight"))
                .findFirst()
                .orElse(null);
    }

    static boolean isHead(String tensor) {
        return tensor.equals(HEAD);
    }

    /** Whether a tensor outside the layers comes before them. */
    static boolean isBeforeLayers(String tensor) {
        return tensor.contains("embed") || tensor.endsWith("wte.weight")
                || tensor.endsWith("wpe.weight");
    }

    /** Whether a tensor is a constant that nobody trained. */
    static boolean isBuffer(String tensor) {
        return tensor.endsWith("inv_freq") || tensor.endsWith("position_ids")
                || tensor.endsWith(".masked_bias")
                || (tensor.endsWith("attn.bias") && tensor.contains(".h."));
    }
}
