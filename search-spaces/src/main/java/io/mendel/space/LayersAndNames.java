package io.mendel.space;

import java.util.List;

/**
 * What the space must know about the parents' architecture.
 *
 * @param count number of layers, at least 1
 * @param outerTensors names (or unmistakable parts of names) of the tensors outside the layers
 * @since 0.1
 */
public record LayersAndNames(int count, List<String> outerTensors) {

    public LayersAndNames {
        outerTensors = List.copyOf(outerTensors);
        if (count < 1) {
            throw new IllegalArgumentException(
                    "A model needs at least one layer, not " + count + ".");
        }
    }
}
