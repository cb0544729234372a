package io.mendel.campaign;

import io.mendel.results.Arrival;
import io.mendel.space.DocumentException;
import io.mendel.space.MergekitReader;
import io.mendel.space.ParameterSpace;
import io.mendel.space.Recipe;
import io.mendel.space.SearchSpace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recipe that the search did not breed. It is scored like a candidate and may win; the strategy learns of it only if it
 * began as a seed.
 *
 * @param origin where it came from
 * @param recipe the recipe
 * @param genes its place in the space of the campaign; empty if it lies outside
 */
record Guest(String origin, Recipe recipe, List<Double> genes) {

    /** The guest that arrived at a stage. */
    static Guest of(Arrival arrival, SearchStage stage) {
        Recipe recipe = recipe(arrival);
        double[] nearest = nearest(recipe, stage.space());
        List<Double> genes = nearest != null
                && stage.space().decode(nearest).digest().equals(recipe.digest())
                        ? stage.genes(nearest)
                        : List.of();
        return new Guest(arrival.origin(), recipe, genes);
    }

    /** The vector most like a recipe, or null if the space has nothing like it. */
    static double @Nullable [] nearest(Recipe recipe, SearchSpace space) {
        return space instanceof ParameterSpace parameters ? parameters.nearest(recipe) : null;
    }

    static Recipe recipe(Arrival arrival) {
        try {
            return MergekitReader.read(arrival.recipe(), arrival.origin());
        } catch (DocumentException e) {
            throw new IllegalStateException("A stored recipe can always be read.", e);
        }
    }
}
