package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.results.CampaignState;
import io.mendel.results.Candidate;
import io.mendel.results.GenerationSummary;
import io.mendel.results.store.CampaignStore;
import io.mendel.space.DocumentException;
import io.mendel.space.InvalidInputException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is handed to a campaign from outside: recipes, seeds, a larger budget. */
class HandedInTest {

    @TempDir
    private Path folder;

    private static CampaignSpec tiny(String... changes) throws InvalidInputException {
        var all = new HashMap<>(
                Map.of("evaluation", "{items: 2, validation_items: 1, test_items: 1}",
                        "budget.evaluations", "10", "search.population", "4", "space.methods",
                        "[task_arithmetic]"));
        for (int i = 0; i < changes.length; i += 2) {
            all.put(changes[i], changes[i + 1]);
        }
        return SmallCampaign.spec(all);
    }

    private static void run(CampaignSpec spec, Path directory, Map<String, String> changes,
            CampaignListener listener, BooleanSupplier stop) throws Exception {
        var options = new CampaignSession.Options(1, 2, false);
        if (!changes.isEmpty()) {
            options = options.withAmendments(Campaigns.amendments(directory, changes));
        }
        new CampaignSession(spec, directory, options, listener, stop).run();
    }

    private static void run(CampaignSpec spec, Path directory) throws Exception {
        run(spec, directory, Map.of(), CampaignListener.SILENT, () -> false);
    }

    /** An average of two parents, spelt as somebody elsewhere would. */
    private static Map<Path, String> recipe(double weight) {
        String models = SmallCampaign.DEMO.resolve("models").toString();
        return Map.of(Path.of("average.yaml"), """
                merge_method: linear
                models:
                - {model: %1$s/math-en, parameters: {weight: 1}}
                - {model: %1$s/sort-en, parameters: {weight: %2$s}}
                """.formatted(models, weight));
    }

    private static List<Candidate> candidates(Path directory) throws Exception {
        return CampaignSummary.read(directory).contents().candidates();
    }

    private static String content(Path directory) throws Exception {
        try (CampaignStore store = CampaignStore.read(directory)) {
            assertThat(store.integrityDefects()).isEmpty();
            return store.contentDigest();
        }
    }

    @Test
    void anEnqueuedRecipeJoinsTheNextGenerationAndReplaysThere() throws Exception {
        Path directory = folder.resolve("running");
        var generations = new CampaignListener() {
            private int seen;

            @Override
            public void generation(GenerationSummary summary) {
                seen++;
                if (summary.generation() == 0) {
                    try {
                        new Enqueue(directory).add(recipe(1));
                    } catch (InvalidInputException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        };
        assertThatThrownBy(() -> run(tiny(), directory, Map.of(), generations,
                () -> generations.seen > 1)).isInstanceOf(StoppedException.class);
        assertThat(CampaignSummary.read(directory).status().state())
                .isEqualTo(CampaignState.PAUSED);
        run(tiny(), directory);

        List<Candidate> all = candidates(directory);
        assertThat(all).hasSize(11);
        assertThat(all).filteredOn(candidate -> candidate.origin().startsWith("enqueued"))
                .singleElement()
                .satisfies(candidate -> {
                    assertThat(candidate.generation()).isEqualTo(1);
                    assertThat(candidate.origin()).isEqualTo("enqueued: average.yaml");
                    assertThat(candidate.genes()).as("no point of the space").isEmpty();
                    assertThat(candidate.recipe()).contains("\"models/math-en\"");
                });
        String content = content(directory);
        run(tiny(), directory);
        assertThat(content(directory)).isEqualTo(content);
    }

    @Test
    void aFinishedCampaignTakesEnqueuedRecipesUpWhenResumed() throws Exception {
        Path directory = folder.resolve("finished");
        run(tiny(), directory);
        var queue = new Enqueue(directory);

        assertThat(queue.add(recipe(1))).isEqualTo(new Enqueue.Result(1, CampaignState.FINISHED));
        assertThat(queue.add(recipe(1))).isEqualTo(new Enqueue.Result(0, CampaignState.FINISHED));
        assertThat(CampaignSummary.read(directory).waiting()).isEqualTo(1);
        run(tiny(), directory);

        assertThat(candidates(directory)).hasSize(11)
                .anySatisfy(candidate -> assertThat(candidate.origin()).startsWith("enqueued"));
        assertThat(CampaignSummary.read(directory).waiting()).isZero();
        assertThat(CampaignSummary.read(directory).status().state())
                .isEqualTo(CampaignState.FINISHED);
        assertThatThrownBy(() -> queue.add(Map.of(Path.of("other.yaml"), """
                merge_method: linear
                models: [{model: nobody/knows, parameters: {weight: 1}}]
                """))).isInstanceOf(CampaignException.class).hasMessageContaining("models/math-en");
    }

    @Test
    void aLargerBudgetGoesOnAsIfItHadBeenSoFromTheBeginning() throws Exception {
        Path grown = folder.resolve("grown");
        run(tiny("budget.evaluations", "6"), grown);
        run(Campaigns.frozen(grown), grown, Map.of("budget.evaluations", "14"),
                CampaignListener.SILENT, () -> false);
        Path straight = folder.resolve("straight");
        run(tiny("budget.evaluations", "14"), straight);

        assertThat(candidates(grown)).isEqualTo(candidates(straight)).hasSize(14);
        assertThat(CampaignSummary.read(grown).contents().winner())
                .isEqualTo(CampaignSummary.read(straight).contents().winner());
        String content = content(grown);
        run(tiny("budget.evaluations", "6"), grown);
        assertThat(content(grown)).as("the file that began it still matches, the change stays")
                .isEqualTo(content);
        assertThat(CampaignSummary.read(grown).spec().budget().evaluations()).isEqualTo(14);
    }

    @Test
    void onlyBudgetAndLimitsMayChange() throws Exception {
        Path directory = folder.resolve("fixed");
        run(tiny("budget.evaluations", "1"), directory);

        assertThatThrownBy(() -> Campaigns.amendments(directory, Map.of("search.seed", "5")))
                .isInstanceOf(DocumentException.class)
                .hasMessageContaining("keeps its 'search'");
        assertThatThrownBy(
                () -> Campaigns.amendments(directory, Map.of("budget.evaluatons", "5")))
                .hasMessageContaining("Did you mean 'evaluations'?");
        assertThatThrownBy(() -> Campaigns.amendments(directory, Map.of("limits.seconds", "-1")))
                .hasMessageContaining("must not be negative");
    }

    @Test
    void theBestOfAnotherCampaignAreSeeds() throws Exception {
        Path first = folder.resolve("first");
        run(tiny(), first);
        CampaignSpec seeded = tiny("search.seed", "9", "seeds",
                "{from: '" + first + "', best: 2}");
        Path second = folder.resolve("second");
        run(seeded, second);

        CampaignSummary other = CampaignSummary.read(first);
        assertThat(candidates(second))
                .filteredOn(candidate -> candidate.origin().startsWith("seed of small, candidate"))
                .hasSizeBetween(1, 2)
                .allSatisfy(candidate -> {
                    assertThat(candidate.generation()).isZero();
                    assertThat(other.contents().candidates())
                            .extracting(Candidate::recipeDigest)
                            .contains(candidate.recipeDigest());
                });
        assertThatThrownBy(() -> run(tiny("seeds", "{from: nowhere}"), folder.resolve("third")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("holds no campaign");
    }
}
