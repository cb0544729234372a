package io.mendel.space;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The recipes everyone tries first: every search must beat them to be worth its evaluations.
 *
 * @since 0.1
 */
public final class TextbookRecipes {

    /**
     * A recipe under a readable name.
     *
     * @param name such as {@code parent:math-en} or {@code ties}
     * @param recipe the recipe
     */
    public record Named(String name, Recipe recipe) {}

    private TextbookRecipes() {}

    /**
     * The parents themselves, their uniform average and, with a base, task arithmetic, TIES and DARE-TIES at common
     * settings.
     *
     * @param base the ancestor, or null
     * @param parents the parents, at least one
     * @param seed seed of DARE's masks
     */
    public static List<Named> of(@Nullable String base, List<String> parents, long seed) {
        var recipes = new ArrayList<Named>();
        if (base != null) {
            recipes.add(new Named("base", Recipe.identity(base)));
        }
        for (String parent : parents) {
            recipes.add(
                    new Named("parent:" + ParameterSpace.label(parent), Recipe.identity(parent)));
        }
        recipes.add(new Named("uniform", merge(MergeMethods.LINEAR, null, parents, 1.0, null, 0)));
        if (base != null) {
            recipes.add(new Named("task_arithmetic",
                    merge(MergeMethods.TASK_ARITHMETIC, base, parents, 1.0, null, 0)));
            recipes.add(new Named("ties", merge(MergeMethods.TIES, base, parents, 1.0, 0.5, 0)));
            recipes.add(new Named("dare_ties",
                    merge(MergeMethods.DARE_TIES, base, parents, 0.5, 0.5, seed)));
        }
        return recipes;
    }

    private static Recipe merge(MergeMethod method, @Nullable String base, List<String> parents,
            double weight,
            @Nullable Double density, long seed) {
        var parameters = new TreeMap<String, ParameterValue>();
        parameters.put("weight", ParameterValue.of(weight));
        if (density != null) {
            parameters.put("density", ParameterValue.of(density));
        }
        var sources = parents.stream().map(parent -> Source.of(parent, parameters)).toList();
        return new Recipe(method, base, List.of(Slice.of(sources)), new TreeMap<>(), null, null,
                seed);
    }
}
