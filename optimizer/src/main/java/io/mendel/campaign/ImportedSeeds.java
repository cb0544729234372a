package io.mendel.campaign;

import io.mendel.results.Arrival;
import io.mendel.results.CampaignInfo;
import io.mendel.space.InvalidInputException;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;

/**
 * The best of another campaign, as seeds of this one.
 *
 * <p>
 * They are copied once, when a campaign begins: what becomes of the other one later changes nothing here. Models are the
 * same if their weights are, whatever the two campaigns call them.
 */
final class ImportedSeeds {

    private static final String ORIGIN = "seed of ";

    private ImportedSeeds() {}

    /**
     * The members of the other campaign's archive with the best main objective, entering generation 0.
     *
     * @param source where they come from
     * @param folder where a relative path starts
     * @param parents this campaign's models
     * @throws InvalidInputException if there is no such campaign, it found nothing yet, or it merged other models
     */
    static List<Arrival> of(CampaignSpec.SeedSource source, Path folder,
            List<CampaignInfo.Parent> parents) throws InvalidInputException {
        if (source.from() == null) {
            return List.of();
        }
        Path directory = folder.resolve(source.from());
        CampaignSummary other = CampaignSummary.read(directory);
        var names = new HashMap<String, String>();
        for (CampaignInfo.Parent theirs : other.contents().info().parents()) {
            parents.stream()
                    .filter(ours -> ours.digest().equals(theirs.digest()))
                    .findFirst()
                    .ifPresent(ours -> names.put(theirs.name(), ours.name()));
        }
        var arrivals = new ArrayList<Arrival>();
        String origin = ORIGIN + other.contents().info().name() + ", candidate ";
        for (long id : best(other, source.best())) {
            Recipe recipe = other.recipe(id);
            if (names.keySet().containsAll(recipe.models())) {
                Recipe renamed = recipe
                        .withModels(name -> Objects.requireNonNull(names.get(name)));
                arrivals.add(new Arrival(origin + id, renamed.canonicalJson(), renamed.digest(),
                        0));
            }
        }
        if (arrivals.isEmpty()) {
            throw new CampaignException("seeds.from",
                    "the campaign " + directory
                            + " has no candidate of this campaign's models with a score.",
                    "Choose a campaign that merged the same models, or remove 'seeds'.");
        }
        return arrivals;
    }

    /** Whether a recipe came with the campaign's beginning, not later. */
    static boolean is(Arrival arrival) {
        return arrival.origin().startsWith(ORIGIN);
    }

    /** The imported ones among all that arrived. */
    static List<Arrival> among(List<Arrival> arrivals) {
        return arrivals.stream().filter(ImportedSeeds::is).toList();
    }

    private static List<Long> best(CampaignSummary other, int count) {
        return other.contents()
                .candidates()
                .stream()
                .filter(candidate -> other.memberIds().contains(candidate.id()))
                .sorted(Comparator.comparingDouble(candidate -> {
                    var finished = other.contents().finished(candidate);
                    return finished == null
                            ? Double.POSITIVE_INFINITY
                            : -other.main(finished.objectives());
                }))
                .limit(count)
                .map(candidate -> candidate.id())
                .toList();
    }
}
