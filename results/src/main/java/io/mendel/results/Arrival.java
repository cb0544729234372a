package io.mendel.results;

import org.jspecify.annotations.Nullable;

/**
 * A recipe that did not come from the search but was handed to it: a seed, or one enqueued while the campaign ran.
 *
 * @param origin where it came from, for people to read; not blank
 * @param recipe the recipe as canonical JSON
 * @param recipeDigest digest of the canonical recipe
 * @param generation the generation it entered, or is to enter; null while it waits for the next one
 * @since 0.1
 */
public record Arrival(String origin, String recipe, String recipeDigest,
        @Nullable Integer generation) {

    public Arrival {
        if (origin.isBlank() || recipe.isBlank() || recipeDigest.isBlank()) {
            throw new IllegalArgumentException(
                    "A recipe that is handed to a campaign needs an origin and a digest.");
        }
        if (generation != null && generation < 0) {
            throw new IllegalArgumentException(
                    "A generation is at least 0, not " + generation + ".");
        }
    }
}
