package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.merge.cuda.MergeDevice;
import io.mendel.results.CampaignState;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CampaignSessionTest {

    @TempDir
    private Path folder;

    private static void run(CampaignSpec spec, Path directory, int workers, BooleanSupplier stop)
            throws Exception {
        new CampaignSession(spec, directory, new CampaignSession.Options(workers, 2, false),
                CampaignListener.SILENT, stop)
                .run();
    }

    private static String content(Path directory) throws StoreException {
        try (CampaignStore store = CampaignStore.read(directory)) {
            assertThat(store.integrityDefects()).isEmpty();
            return store.contentDigest();
        }
    }

    @Test
    void aCampaignEndsWithAWinnerBaselinesAndAReport() throws Exception {
        run(SmallCampaign.spec(Map.of()), folder, 1, () -> false);

        CampaignSummary summary = CampaignSummary.read(folder);
        assertThat(summary.status().state()).isEqualTo(CampaignState.FINISHED);
        assertThat(summary.contents().evaluated()).isEqualTo(20);
        assertThat(summary.contents().winner()).isNotNull();
        assertThat(summary.contents().baselines()).extracting(b -> b.name())
                .contains("base", "parent:math-en",
                        "uniform", "task_arithmetic", "ties", "dare_ties");
        assertThat(summary.contents().baselines())
                .allSatisfy(b -> assertThat(b.heldOut().tasks()).hasSize(3));
        assertThat(folder.resolve("report.html")).content().contains("small");
        assertThat(folder.resolve("tables/candidates.csv")).isRegularFile();
    }

    @Test
    void workersAndStopsLeaveNoTraceInTheResult() throws Exception {
        CampaignSpec spec = SmallCampaign.spec(Map.of());
        Path straight = folder.resolve("straight");
        run(spec, straight, 1, () -> false);

        Path twoWorkers = folder.resolve("two");
        run(spec, twoWorkers, 2, () -> false);

        Path stopped = folder.resolve("stopped");
        for (int session = 1; !finished(stopped); session++) {
            var asked = new AtomicInteger();
            int patience = 9 * session;
            try {
                run(spec, stopped, 1, () -> asked.incrementAndGet() > patience);
            } catch (StoppedException e) {
                assertThat(CampaignSummary.read(stopped).status().state())
                        .isEqualTo(CampaignState.PAUSED);
            }
        }

        assertThat(content(twoWorkers)).isEqualTo(content(straight));
        assertThat(content(stopped)).isEqualTo(content(straight));
    }

    private static boolean finished(Path directory) throws Exception {
        return CampaignStore.exists(directory)
                && CampaignSummary.read(directory).status().state() == CampaignState.FINISHED;
    }

    @Test
    void randomSearchIsComparedOnEqualTerms() throws Exception {
        new CampaignSession(
                SmallCampaign.spec(Map.of("budget.evaluations", "9", "search.algorithm", "cma_es")),
                folder,
                new CampaignSession.Options(1, 2, true), CampaignListener.SILENT, () -> false)
                .run();

        CampaignSummary summary = CampaignSummary.read(folder);
        assertThat(summary.contents().baselines()).extracting(b -> b.name())
                .contains("random search");
        assertThat(summary.contents().candidates()).hasSize(9);
        assertThat(summary.comparisons()).extracting(c -> c.against())
                .hasSize(2)
                .contains("random search");
        assertThat(summary.comparisons()).allSatisfy(c -> {
            assertThat(c.main().pValue()).isBetween(0.0, 1.0);
            assertThat(c.main().difference()).isBetween(c.main().low(), c.main().high());
            assertThat(c.accuracy()).containsKeys("arith_en", "order_en");
        });
        assertThat(folder.resolve("report.html")).content().contains("Item by item");
    }

    @Test
    void anotherCampaignInTheSameDirectoryIsRefused() throws Exception {
        CampaignSpec one = SmallCampaign.spec(Map.of("budget.evaluations", "1"));
        run(one, folder, 1, () -> false);

        assertThatThrownBy(
                () -> run(SmallCampaign.spec(Map.of("search.seed", "4")), folder, 1, () -> false))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("another campaign");
    }

    @Test
    void modelsOfDifferentShapesAreRefusedBeforeAnythingIsWritten() throws Exception {
        Path golden = Path.of("../evaluator/src/test/resources/golden/architectures")
                .toAbsolutePath();
        CampaignSpec spec = SmallCampaign.spec(Map.of("models.parents",
                "[" + golden.resolve("llama/model") + ", models/chat-ja]"));
        Path directory = folder.resolve("never");

        assertThatThrownBy(() -> run(spec, directory, 1, () -> false))
                .isInstanceOf(CampaignException.class)
                .hasMessageContaining("vocab_size is 96");
        assertThat(Files.exists(directory)).isFalse();
    }

    @Test
    void theExportedWinnerSaysWhatItSaidInTheCampaign() throws Exception {
        run(SmallCampaign.spec(Map.of("budget.evaluations", "10")), folder.resolve("campaign"), 1,
                () -> false);
        Path exported = folder.resolve("exported");
        new CampaignExport(folder.resolve("campaign"), "winner", exported)
                .folder((written, total) -> {
                }, MergeDevice.processor());
        Path recipe = new CampaignExport(folder.resolve("campaign"), "knee",
                folder.resolve("knee.yaml")).recipe();

        CampaignSummary summary = CampaignSummary.read(folder.resolve("campaign"));
        long winner = Objects.requireNonNull(summary.contents().winner()).candidate();
        assertThat(exported.resolve("README.md")).content().contains("candidate " + winner);
        assertThat(exported.resolve("tokenizer.json")).isRegularFile();
        assertThat(recipe).content().contains("merge_method: dare_ties");
        assertThat(WinnerItems.ofExport(exported))
                .isEqualTo(WinnerItems.ofCampaign(folder.resolve("campaign"), winner));
        assertThat(List.of(exported.toFile().list())).contains("mergekit_config.yml",
                "model.safetensors", "config.json");
    }

    @Test
    void itemsRotateWhereNothingIsRememberedAndStopsLeaveNoTrace() throws Exception {
        CampaignSpec spec = SmallCampaign.spec(Map.of("search.algorithm", "cma_es",
                "search.population", "6", "budget.evaluations", "24"));
        Path straight = folder.resolve("straight");
        run(spec, straight, 1, () -> false);
        try (CampaignStore store = CampaignStore.read(straight)) {
            var sets = store.itemSets();
            assertThat(sets).containsKeys("search", "search-1", "search-2", "validation", "test");
            assertThat(sets.values()).doesNotHaveDuplicates();
            assertThat(store.evaluations(Objects.requireNonNull(sets.get("search-1"))))
                    .hasSizeBetween(1, 6);
        }
        assertThat(CampaignSummary.read(straight).contents().evaluated()).isEqualTo(24);

        Path stopped = folder.resolve("stopped");
        for (int session = 1; !finished(stopped); session++) {
            var asked = new AtomicInteger();
            int patience = 11 * session;
            try {
                run(spec, stopped, 2, () -> asked.incrementAndGet() > patience);
            } catch (StoppedException e) {
                assertThat(e).hasMessageContaining("stop");
            }
        }
        assertThat(content(stopped)).isEqualTo(content(straight));
    }

    @Test
    void survivorsAreScoredAgainWhenTheirItemsChange() throws Exception {
        run(SmallCampaign.spec(Map.of("evaluation.rotate", "true", "search.population", "2",
                "search.offspring", "4", "budget.evaluations", "30")), folder, 1, () -> false);
        var contents = CampaignSummary.read(folder).contents();
        // Scoring two survivors again costs evaluations, which the budget counts.
        assertThat(contents.candidates().size()).isBetween(20, 29);
        assertThat(contents.evaluated()).isEqualTo(contents.candidates().size());
    }

    @Test
    void constraintsMeasuresAndNichesWorkTogether() throws Exception {
        run(SmallCampaign.spec(Map.of("search.algorithm", "niches", "budget.evaluations", "24",
                "objectives", "[{name: know, task: know_ja, metric: choice_probability, "
                        + "floor: {parent: chat-ja, tolerance: 0.05}}, "
                        + "{name: arith, task: arith_en, metric: acc}, "
                        + "{name: order, task: order_en, metric: acc}, "
                        + "{name: information, measure: mutual_information}, "
                        + "{name: doubt, measure: entropy}]")),
                folder, 1, () -> false);
        var summary = CampaignSummary.read(folder);
        var winner = summary.status().winner();
        assertThat(winner).isNotNull();
        double parent = Objects.requireNonNull(summary.contents()
                .baselines()
                .stream()
                .filter(b -> b.name().equals("parent:chat-ja"))
                .findFirst()
                .orElseThrow()
                .objectives()
                .get("know"));
        // The parent itself is a seed and meets its own constraint, so the winner does too.
        assertThat(Objects.requireNonNull(winner).member().objectives().get("know"))
                .isGreaterThanOrEqualTo(parent - 0.05);
        assertThat(winner.member().objectives().get("information")).isBetween(0.0, 2.0);
    }

    @Test
    void badConstraintsAreRefused() {
        assertThatThrownBy(() -> SmallCampaign.spec(Map.of("objectives",
                "[{name: know, task: know_ja, floor: {parent: chat-jp}}]")))
                .hasMessageContaining("chat-ja");
    }
}
