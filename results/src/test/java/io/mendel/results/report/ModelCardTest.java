package io.mendel.results.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.results.DemoCampaign;
import io.mendel.results.Scores;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelCardTest {
    private static ModelCard card(String name, String recipe, Scores heldOut) {
        return new ModelCard(name, "three-skills", 42, 217, List.of("models/base", "a: \"b\"\n# c"),
                recipe, "abc", "def",
                DemoCampaign.info(2).objectives(), Scores.none(), heldOut);
    }

    @Test
    void cardNamesParentsRecipeAndScores() {
        var card = card("my_merge", "merge_method: linear\n", DemoCampaign.scores(0.712, 0.5))
                .markdown();
        assertThat(card).startsWith("""
                ---
                library_name: transformers
                base_model:
                - "models/base"
                - "a: \\"b\\"\\x0a# c"
                tags:
                - merge
                - mergekit
                - mendel
                ---

                # my\\_merge
                """);
        assertThat(card).contains("```yaml\nmerge_method: linear\n```")
                .contains("mendel merge recipe.yaml out")
                .contains("| test | know\\_ja | acc | 0.712 | 0.020 |")
                .contains("candidate 217 of the campaign three-skills (seed 42)")
                .contains("`abc`")
                .contains("`def`");
    }

    @Test
    void recipeCannotCloseItsFenceAndNamesCannotOpenMarkup() {
        var card = card("x <script>\n# y | z", "a: |\n  ```\n  text\n", Scores.none()).markdown();
        assertThat(card).contains("````yaml\na: |\n  ```\n  text\n````")
                .contains("# x \\<script\\> \\# y \\| z\n")
                .doesNotContain("## Scores");
    }
}
