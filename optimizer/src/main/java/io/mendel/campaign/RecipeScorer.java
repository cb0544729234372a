package io.mendel.campaign;

import io.mendel.results.Outcome;
import io.mendel.space.Recipe;

/** Builds the model of a recipe and scores it; used by one thread at a time. */
interface RecipeScorer extends AutoCloseable {

    /**
     * The outcome of a recipe on the items of a role; a recipe that cannot be built or scored has failed.
     *
     * @param recipe the recipe
     * @param role the items
     * @param race says between two parts of the items whether to give up
     */
    Outcome score(Recipe recipe, ItemRole role, Race race);

    @Override
    void close();
}
