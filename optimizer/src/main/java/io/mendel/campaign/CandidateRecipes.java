package io.mendel.campaign;

import io.mendel.merge.cuda.MergeDevice;
import io.mendel.results.CampaignContents;
import io.mendel.results.CampaignInfo;
import io.mendel.space.DocumentException;
import io.mendel.space.InvalidInputException;
import io.mendel.space.MergeSequence;
import io.mendel.space.MergekitReader;
import io.mendel.space.MergekitWriter;
import io.mendel.space.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The recipes of a campaign's candidates, and the models they name: the parents, and candidates that became models
 * between two stages.
 */
final class CandidateRecipes {

    private final CampaignSpec spec;
    private final CampaignContents contents;
    private final Path directory;

    /**
     * The recipes of a campaign.
     *
     * @param directory the campaign's directory
     */
    CandidateRecipes(CampaignSpec spec, CampaignContents contents, Path directory) {
        this.spec = spec;
        this.contents = contents;
        this.directory = directory;
    }

    /**
     * The recipe of a candidate.
     *
     * @throws IllegalArgumentException if there is no such candidate
     */
    static Recipe recipe(CampaignContents contents, long id) {
        var candidate = contents.candidate(id);
        if (candidate == null) {
            throw new IllegalArgumentException("There is no candidate " + id + ".");
        }
        try {
            return MergekitReader.read(candidate.recipe(), "candidate " + id);
        } catch (DocumentException e) {
            throw new IllegalStateException("A stored recipe can always be read.", e);
        }
    }

    /** The candidate's recipe as mergekit's YAML, behind those of the candidates that are its models. */
    static String text(CampaignContents contents, long id) {
        Recipe output = recipe(contents, id);
        var steps = new ArrayList<MergeSequence.Step>();
        for (String name : stages(contents, output)) {
            steps.add(new MergeSequence.Step(name,
                    recipe(contents, StageBorder.candidate(name))));
        }
        if (steps.isEmpty()) {
            return MergekitWriter.write(output);
        }
        steps.add(new MergeSequence.Step(null, output));
        return MergekitWriter.write(MergeSequence.of(steps));
    }

    private static List<String> stages(CampaignContents contents, Recipe recipe) {
        var parents = contents.info().parents().stream().map(CampaignInfo.Parent::name).toList();
        return recipe.models()
                .stream()
                .filter(name -> StageBorder.candidate(name) > 0 && !parents.contains(name))
                .toList();
    }

    /** Builds the candidates that are models of a recipe, if they are gone. */
    void restore(Recipe recipe, int threads, MergeDevice device) throws InvalidInputException {
        for (String name : stages(contents, recipe)) {
            Path folder = StageBorder.folder(directory, name);
            if (!Files.exists(folder.resolve("config.json"))) {
                StageBorder.build(spec, threads, device,
                        recipe(contents, StageBorder.candidate(name)),
                        folder);
            }
        }
    }

    /** Where a model that the recipe names is. */
    Path path(Recipe recipe, String name) {
        return stages(contents, recipe).contains(name)
                ? StageBorder.folder(directory, name)
                : spec.folder().resolve(name);
    }
}
