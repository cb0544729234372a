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
                .hasMessageContaining("vocabSize is 96");
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
}
