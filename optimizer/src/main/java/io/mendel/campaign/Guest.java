package io.mendel.campaign;

import io.mendel.results.Arrival;
import io.mendel.space.DocumentException;
import io.mendel.space.MergekitReader;
import io.mendel.space.ParameterSpace;
import io.mendel.space.Recipe;
import java.util.Arrays;
import java.util.List;

/**
 * A recipe that the search did not breed. It is scored like a candidate and may win; the strategy learns of it only if it
 * began as a seed.
 *
 * @param origin where it came from
 * @param recipe the recipe
 * @param genes its place in the space of the campaign; empty if it lies outside
 */
record Guest(String origin, Recipe recipe, List<Double> genes) {

    /** The guest that arrived. */
    static Guest of(Arrival arrival, ParameterSpace space) {
        Recipe recipe = recipe(arrival);
        double[] nearest = space.nearest(recipe);
        List<Double> genes = nearest != null
                && space.decode(nearest).digest().equals(recipe.digest())
                        ? Arrays.stream(nearest).boxed().toList()
                        : List.of();
        return new Guest(arrival.origin(), recipe, genes);
    }

    static Recipe recipe(Arrival arrival) {
        try {
            return MergekitReader.read(arrival.recipe(), arrival.origin());
        } catch (DocumentException e) {
            throw new IllegalStateException("A stored recipe can always be read.", e);
        }
    }
}
