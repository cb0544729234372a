package io.mendel.space;

import java.util.List;

/**
 * One step of a path: which layer runs, on what scale of the hidden state, merged how.
 *
 * @param letter index of the layer in the {@link LayerAlphabet}
 * @param scale factor of the hidden state that enters the layer
 * @param values of the genes that the alphabet gives each step, such as the parents' weights; often empty
 */
record PathStep(int letter, double scale, List<Double> values) {

    PathStep {
        values = List.copyOf(values);
    }

    PathStep withLetter(int other) {
        return new PathStep(other, scale, values);
    }

    PathStep withScale(double other) {
        return new PathStep(letter, other, values);
    }

    PathStep withValues(List<Double> other) {
        return new PathStep(letter, scale, other);
    }
}
