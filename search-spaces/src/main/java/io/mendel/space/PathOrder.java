package io.mendel.space;

import java.util.Comparator;
import java.util.List;

/**
 * Orders recipes by their paths, step by step, so that paths that begin alike are neighbours.
 *
 * <p>
 * Recipes of one slice are all equal in this order.
 *
 * @since 0.1
 */
public final class PathOrder implements Comparator<Recipe> {

    @Override
    public int compare(Recipe one, Recipe other) {
        int common = Math.min(one.slices().size(), other.slices().size());
        if (common < 2) {
            return Integer.compare(one.slices().size(), other.slices().size());
        }
        for (int i = 0; i < common; i++) {
            int order = step(one, i).compareTo(step(other, i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(one.slices().size(), other.slices().size());
    }

    private static String step(Recipe recipe, int step) {
        List<Double> scales = recipe.scales();
        double scale = scales.isEmpty() || step >= scales.size() ? 1 : scales.get(step);
        return recipe.slices().get(step) + " " + scale;
    }
}
