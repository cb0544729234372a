package io.mendel.results.report;

import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Scores;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The README.md of an exported model.
 *
 * @param name the model's name
 * @param campaign the campaign that bred it, or null if it was merged from a recipe by hand
 * @param seed the campaign's seed
 * @param candidate the candidate's id in the campaign
 * @param baseModels the parents, base included, as the user named them; at least one
 * @param recipe the recipe as mergekit YAML
 * @param recipeDigest digest of the canonical recipe
 * @param weightsDigest digest of the exported weights; null if it is not known
 * @param objectives what the campaign optimised; may be empty
 * @param validation scores on the validation items; may be empty
 * @param heldOut scores on the test items; may be empty
 * @since 0.1
 */
public record ModelCard(String name, @Nullable String campaign, long seed, long candidate,
        List<String> baseModels,
        String recipe, String recipeDigest, @Nullable String weightsDigest,
        List<ObjectiveDefinition> objectives, Scores validation,
        Scores heldOut) {

    public ModelCard {
        baseModels = List.copyOf(baseModels);
        objectives = List.copyOf(objectives);
        if (name.isBlank() || baseModels.isEmpty()) {
            throw new IllegalArgumentException(
                    "A model card needs a name and at least one base model.");
        }
    }

    /** The card as Markdown with YAML front matter, as the Hugging Face Hub reads it. */
    public String markdown() {
        var out = new StringBuilder("---\nlibrary_name: transformers\nbase_model:\n");
        baseModels.forEach(model -> out.append("- ").append(yaml(model)).append('\n'));
        out.append("tags:\n- merge\n- mergekit\n- mendel\n---\n\n# ")
                .append(inline(name))
                .append("\n\n");
        out.append("A merge of ")
                .append(String.join(", ", baseModels.stream().map(ModelCard::inline).toList()))
                .append(". ");
        if (campaign == null) {
            out.append("Merged by Mendel from the recipe below.\n");
        } else {
            out.append("Bred by Mendel: candidate ")
                    .append(candidate)
                    .append(" of the campaign ")
                    .append(inline(campaign))
                    .append(" (seed ")
                    .append(seed)
                    .append(").\n");
        }
        addScores(out);
        var fence = fence(recipe);
        out.append("\n## Recipe\n\n")
                .append(fence)
                .append("yaml\n")
                .append(recipe.strip())
                .append('\n')
                .append(fence)
                .append("\n\n## How to reproduce\n\nSave the recipe as `recipe.yaml`, beside the models it names, and run\n\n")
                .append("```sh\nmendel merge recipe.yaml out\n```\n\n| digest | SHA-256 |\n| --- | --- |\n| recipe | `")
                .append(recipeDigest)
                .append("` |\n");
        if (weightsDigest != null) {
            out.append("| weights | `").append(weightsDigest).append("` |\n");
        }
        return out.toString();
    }

    private void addScores(StringBuilder out) {
        var rows = new StringBuilder();
        addScores(rows, "test", heldOut);
        addScores(rows, "validation", validation);
        if (rows.isEmpty()) {
            return;
        }
        out.append(
                "\n## Scores\n\n| items | task | metric | value | standard error |\n| --- | --- | --- | ---: | ---: |\n")
                .append(rows);
        if (!objectives.isEmpty()) {
            out.append("\nThe search optimised ")
                    .append(String.join(", ", objectives.stream()
                            .map(objective -> inline(objective.name()))
                            .toList()))
                    .append(" on other items of these tasks; validation items picked the winner, test items were scored once.\n");
        }
    }

    private static void addScores(StringBuilder rows, String items, Scores scores) {
        scores.tasks().forEach((task, metrics) -> metrics.forEach((metric, value) -> {
            if (!Scores.isStderr(metric)) {
                rows.append("| ")
                        .append(items)
                        .append(" | ")
                        .append(inline(task))
                        .append(" | ")
                        .append(inline(metric))
                        .append(" | ")
                        .append(Figures.of(value))
                        .append(" | ")
                        .append(Figures.of(scores.stderr(task, metric)))
                        .append(" |\n");
            }
        }));
    }

    /** A YAML scalar in double quotes, so that no name can be read as anything else. */
    private static String yaml(String text) {
        var out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\x%02x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    /** Text that Markdown shows as it is, on one line. */
    private static String inline(String text) {
        return text.replaceAll("\\s+", " ").replaceAll("([\\\\`*_{}\\[\\]<>#|])", "\\\\$1");
    }

    /** A code fence longer than any run of backticks in the text. */
    private static String fence(String text) {
        var fence = "```";
        while (text.contains(fence)) {
            fence += "`";
        }
        return fence;
    }
}
