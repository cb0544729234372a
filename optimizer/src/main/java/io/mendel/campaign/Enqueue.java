package io.mendel.campaign;

import io.mendel.results.Arrival;
import io.mendel.results.CampaignInfo;
import io.mendel.results.CampaignState;
import io.mendel.results.store.CampaignStore;
import io.mendel.space.InvalidInputException;
import io.mendel.space.MergekitReader;
import io.mendel.space.Recipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Hands known recipes to a campaign, whether or not a process works on it.
 *
 * <p>
 * They enter the next generation that begins, on top of the budget; the store keeps which one that was, so resuming
 * repeats it. A campaign that was finished takes them up when it is resumed.
 *
 * @since 0.1
 */
public final class Enqueue {

    private final Path directory;

    /** Into the campaign of this directory. */
    public Enqueue(Path directory) {
        this.directory = directory;
    }

    /**
     * What became of the recipes.
     *
     * @param added those that were not in the queue before
     * @param state of the campaign
     */
    public record Result(int added, CampaignState state) {}

    /**
     * Hands recipes over, all or none of them.
     *
     * @param recipes their files and texts, in mergekit's YAML
     * @throws InvalidInputException if one of them is no recipe of the campaign's models, or there is no campaign
     */
    public Result add(Map<Path, String> recipes) throws InvalidInputException {
        CampaignInfo info;
        Path folder;
        CampaignState state;
        try (CampaignStore store = CampaignStore.read(directory)) {
            info = store.info();
            folder = store.folder();
            state = store.state();
        }
        var arrivals = new ArrayList<Arrival>();
        for (var entry : recipes.entrySet()) {
            Path file = entry.getKey();
            Recipe recipe = MergekitReader.read(entry.getValue(), file.toString());
            if (recipe.tokenizer() != null) {
                throw new CampaignException(file.toString(),
                        "all candidates of a campaign have the tokenizer of its base.",
                        "Remove the tokenizer's settings.");
            }
            Map<String, String> names = names(recipe, file, info.parents(), folder);
            Recipe renamed = recipe
                    .withModels(model -> Objects.requireNonNull(names.get(model)));
            arrivals.add(new Arrival("enqueued: " + file.getFileName(), renamed.canonicalJson(),
                    renamed.digest(), null));
        }
        return new Result(CampaignStore.enqueue(directory, arrivals), state);
    }

    private static Map<String, String> names(Recipe recipe, Path file,
            List<CampaignInfo.Parent> parents, Path folder) throws CampaignException {
        var names = new HashMap<String, String>();
        for (String model : recipe.models()) {
            String name = name(model, file, parents, folder);
            if (name == null) {
                throw new CampaignException(file.toString(),
                        "the model '" + model + "' is none of the campaign's.",
                        "Its models are "
                                + String.join(", ",
                                        parents.stream().map(CampaignInfo.Parent::name).toList())
                                + ".");
            }
            names.put(model, name);
        }
        return names;
    }

    /** A model is meant if it is spelt as in the campaign, or is the same folder. */
    private static @Nullable String name(String model, Path file,
            List<CampaignInfo.Parent> parents, Path folder) {
        Path beside = file.toAbsolutePath().resolveSibling(model);
        for (CampaignInfo.Parent parent : parents) {
            Path path = folder.resolve(parent.name());
            if (model.equals(parent.name()) || same(beside, path) || same(Path.of(model), path)) {
                return parent.name();
            }
        }
        return null;
    }

    private static boolean same(Path a, Path b) {
        try {
            return a.toRealPath().equals(b.toRealPath());
        } catch (IOException e) {
            return false;
        }
    }
}
