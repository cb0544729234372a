package io.mendel.campaign;

import io.mendel.checkpoint.CheckpointException;
import io.mendel.merge.WriteOptions;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Scores;
import io.mendel.results.Winner;
import io.mendel.results.pareto.ArchiveMember;
import io.mendel.results.pareto.Direction;
import io.mendel.results.report.ModelCard;
import io.mendel.space.InvalidInputException;
import io.mendel.space.Recipe;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes a candidate of a campaign home.
 *
 * @since 0.1
 */
public final class CampaignExport {

    private final CampaignSummary summary;
    private final CampaignSpec spec;
    private final long candidate;
    private final Path out;
    private final CandidateRecipes recipes;

    /**
     * An export that has not begun.
     *
     * @param directory the campaign's directory
     * @param which {@code winner}, a candidate's id, {@code knee}, or {@code best:OBJECTIVE}
     * @param out the folder or file to write
     * @throws InvalidInputException if there is no such candidate
     */
    public CampaignExport(Path directory, String which, Path out) throws InvalidInputException {
        this.summary = CampaignSummary.read(directory);
        this.spec = summary.spec();
        this.candidate = choose(which);
        this.out = out;
        this.recipes = new CandidateRecipes(spec, summary.contents(), directory);
    }

    private long choose(String which) throws CampaignException {
        if (which.equals("winner")) {
            var winner = summary.contents().winner();
            if (winner == null) {
                throw new CampaignException("--candidate winner", "the campaign has no winner yet.",
                        "Let it finish with 'mendel resume', or name a candidate, knee or best:OBJECTIVE.");
            }
            return winner.candidate();
        }
        List<ArchiveMember> members = summary.archive().members();
        if (which.matches("\\d{1,18}")) {
            long id = Long.parseLong(which);
            if (summary.contents().candidate(id) == null) {
                throw new CampaignException("--candidate " + which,
                        "there is no candidate of this number.",
                        "The archive holds "
                                + members.stream().map(m -> String.valueOf(m.id())).toList() + ".");
            }
            return id;
        }
        if (members.isEmpty()) {
            throw new CampaignException("--candidate " + which,
                    "the campaign has no finished candidate yet.",
                    "Let it go on with 'mendel resume'.");
        }
        if (which.equals("knee")) {
            return Knee.of(members, summary.archive().directions()).id();
        }
        var names = summary.contents()
                .info()
                .objectives()
                .stream()
                .map(ObjectiveDefinition::name)
                .toList();
        String objective = which.startsWith("best:") ? which.substring("best:".length()) : "";
        int index = names.indexOf(objective);
        if (index < 0) {
            throw new CampaignException("--candidate " + which, "this names no candidate.",
                    "Write winner, knee, a number, or best:OBJECTIVE with one of " + names + ".");
        }
        Direction direction = summary.archive().directions().get(index);
        return members.stream()
                .max(Comparator
                        .comparingDouble((ArchiveMember member) -> direction
                                .maximized(member.objectives().get(index)))
                        .thenComparing(ArchiveMember::id, Comparator.reverseOrder()))
                .orElseThrow()
                .id();
    }

    /**
     * Writes the recipe as a mergekit YAML file, of several documents if it builds on a candidate of an earlier stage.
     *
     * @return the file
     * @throws CampaignException if it cannot be written
     */
    public Path recipe() throws CampaignException {
        MergedModelPapers.writeText(out, CandidateRecipes.text(summary.contents(), candidate));
        return out;
    }

    /**
     * Writes the model as a Hugging Face folder with its recipe and a model card.
     *
     * @param progress is told how far it is
     * @param device where it is merged
     * @return the folder
     * @throws InvalidInputException if a parent is missing, or changed since the campaign, or the folder cannot be
     *             written
     */
    public Path folder(WriteOptions.Progress progress, MergeDevice device)
            throws InvalidInputException {
        return describe(build(device).write(summary.recipe(candidate), out, progress));
    }

    /**
     * Writes the model as one ONNX model with its weights, configuration and tokenizer beside it, its recipe and a model
     * card.
     *
     * @param progress is told how far it is
     * @return the folder
     * @throws InvalidInputException if a parent is missing, or changed since the campaign, or the folder cannot be
     *             written
     */
    public Path onnx(WriteOptions.Progress progress, MergeDevice device)
            throws InvalidInputException {
        return describe(build(device).writeOnnx(summary.recipe(candidate), out, progress));
    }

    private ModelBuild build(MergeDevice device) throws InvalidInputException {
        requireSameParents();
        int threads = Runtime.getRuntime().availableProcessors();
        Recipe recipe = summary.recipe(candidate);
        recipes.restore(recipe, threads, device);
        return new ModelBuild(name -> recipes.path(recipe, name), threads,
                WriteOptions.DEFAULT, device);
    }

    private Path describe(ModelBuild.Built built) throws CampaignException {
        MergedModelPapers.write(out, card(summary.recipe(candidate),
                CandidateRecipes.text(summary.contents(), candidate), built.digest()));
        return out;
    }

    private ModelCard card(Recipe recipe, String yaml, @Nullable String weightsDigest) {
        var info = summary.contents().info();
        var winner = summary.contents().winner();
        Winner won = winner != null && winner.candidate() == candidate
                ? winner
                : new Winner(candidate, Scores.none(), Scores.none());
        return new ModelCard(MergedModelPapers.name(out), info.name(), info.seed(), candidate,
                List.copyOf(recipe.models()), yaml,
                recipe.digest(), weightsDigest, info.objectives(), won.validation(), won.heldOut());
    }

    private void requireSameParents() throws CampaignException, CheckpointException {
        var names = summary.contents()
                .info()
                .parents()
                .stream()
                .map(parent -> parent.name())
                .toList();
        try (ParentModels parents = ParentModels.open(names, name -> spec.folder().resolve(name),
                Spaces.fit(spec))) {
            if (!parents.digests().equals(summary.contents().info().parents())) {
                throw new CampaignException(spec.folder().toString(),
                        "a parent changed since the campaign began.",
                        "Restore the models " + names + " and export again.");
            }
        }
    }
}
