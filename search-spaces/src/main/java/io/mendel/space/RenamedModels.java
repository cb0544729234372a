package io.mendel.space;

import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A recipe whose models go by other names. */
final class RenamedModels {

    private final UnaryOperator<String> names;

    RenamedModels(UnaryOperator<String> names) {
        this.names = names;
    }

    Recipe of(Recipe recipe) {
        var modules = new TreeMap<String, RecipeModule>();
        recipe.modules()
                .forEach((name, module) -> modules.put(name, new RecipeModule(
                        slices(module.slices()), name(module.base()), module.parameters())));
        return new Recipe(recipe.method(), name(recipe.base()), slices(recipe.slices()), modules,
                recipe.parameters(), recipe.dtype(), recipe.outDtype(), recipe.tokenizer(),
                recipe.chatTemplate(), recipe.seed(), recipe.scales());
    }

    private List<Slice> slices(List<Slice> slices) {
        return slices.stream()
                .map(slice -> new Slice(slice.sources()
                        .stream()
                        .map(source -> new Source(names.apply(source.model()), source.layers(),
                                source.parameters()))
                        .toList(), name(slice.base()), slice.parameters()))
                .toList();
    }

    private @Nullable String name(@Nullable String model) {
        return model == null ? null : names.apply(model);
    }
}
