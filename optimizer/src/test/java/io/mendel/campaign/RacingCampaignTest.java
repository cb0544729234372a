package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.results.CampaignState;
import io.mendel.results.Candidate;
import io.mendel.results.Outcome;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Campaigns that give up clearly worse candidates. */
class RacingCampaignTest {

    @TempDir
    private Path folder;

    private static CampaignSpec racing(String... changes) throws Exception {
        var all = new HashMap<>(Map.of("evaluation",
                "{items: 24, validation_items: 2, test_items: 2, racing: true}",
                "space.methods", "[task_arithmetic]", "space.weight", "{min: 0, max: 8}",
                "search.population", "6", "budget.evaluations", "13"));
        for (int i = 0; i < changes.length; i += 2) {
            all.put(changes[i], changes[i + 1]);
        }
        return SmallCampaign.spec(all);
    }

    private static void run(CampaignSpec spec, Path directory, int workers, BooleanSupplier stop)
            throws Exception {
        new CampaignSession(spec, directory, new CampaignSession.Options(workers, 2, false),
                CampaignListener.SILENT, stop).run();
    }

    private static String content(Path directory) throws StoreException {
        try (CampaignStore store = CampaignStore.read(directory)) {
            assertThat(store.integrityDefects()).isEmpty();
            return store.contentDigest();
        }
    }

    /** Stops after some evaluations, with one and two workers in turn, as often as it takes. */
    private static void runInPieces(CampaignSpec spec, Path directory, int evaluations)
            throws Exception {
        for (int session = 1; !CampaignStore.exists(directory) || CampaignSummary.read(directory)
                .status()
                .state() != CampaignState.FINISHED; session++) {
            var computed = new AtomicInteger();
            var counting = new CampaignListener() {
                @Override
                public void evaluated(boolean fresh) {
                    computed.addAndGet(fresh ? 1 : 0);
                }
            };
            try {
                new CampaignSession(spec, directory,
                        new CampaignSession.Options(1 + session % 2, 2, false), counting,
                        () -> computed.get() >= evaluations).run();
            } catch (StoppedException e) {
                assertThat(e).hasMessageContaining("stop");
            }
        }
    }

    private static List<Candidate> raced(CampaignSummary summary) {
        return summary.contents()
                .candidates()
                .stream()
                .filter(c -> summary.contents().outcome(c) instanceof Outcome.Raced)
                .toList();
    }

    /** One strategy that looks at the main score and changes its items, one that compares objectives. */
    @ParameterizedTest
    @CsvSource({"cma_es, 6", "niches, 13"})
    void whoIsGivenUpDoesNotDependOnWorkersOrStops(String algorithm, String population)
            throws Exception {
        CampaignSpec spec = racing("search.algorithm", algorithm, "search.population", population,
                "tasks",
                "[tasks/know_ja.yaml, tasks/order_en.yaml]", "objectives",
                "[{name: know, task: know_ja, metric: soft_acc}, "
                        + "{name: order, task: order_en, metric: soft_acc}]",
                "main", "{mean: [know, order]}");
        Path straight = folder.resolve("straight");
        run(spec, straight, 2, () -> false);

        CampaignSummary summary = CampaignSummary.read(straight);
        assertThat(summary.contents().evaluated()).isEqualTo(13);
        assertThat(raced(summary)).isNotEmpty().allSatisfy(candidate -> {
            assertThat(summary.memberIds()).doesNotContain(candidate.id());
            var outcome = (Outcome.Raced) Objects
                    .requireNonNull(summary.contents().outcome(candidate));
            assertThat(outcome.text()).isEqualTo("raced out after 24 of 48 items");
        });
        var winner = Objects.requireNonNull(summary.contents().winner());
        assertThat(raced(summary)).extracting(Candidate::id).doesNotContain(winner.candidate());
        assertThat(summary.contents().racing().share()).isBetween(0.02, 0.5);
        assertThat(straight.resolve("report.html")).content().contains("item scorings saved");
        assertThat(straight.resolve("tables/candidates.csv")).content()
                .contains("raced out after 24 of 48 items");
        assertThat(straight.resolve("events.log")).content().contains("of the item scorings");

        Path pieces = folder.resolve("pieces");
        runInPieces(spec, pieces, 12);
        assertThat(content(pieces)).isEqualTo(content(straight));
    }

    /** Constraints change who is a measure for others, so the search is judged anew, from the same evaluations. */
    @Test
    void aCampaignWhoseConstraintsChangeEndsAsIfItHadBegunSo() throws Exception {
        String floor = "{parent: chat-ja, tolerance: 0.02}";
        String objectives = "[{name: know, task: know_ja, metric: soft_acc, floor: " + floor + "}, "
                + "{name: arith, task: arith_en, metric: soft_acc}, "
                + "{name: order, task: order_en, metric: soft_acc}]";
        String loose = objectives.replace("0.02", "1");
        var search = new String[]{"search.algorithm", "ga", "objectives", loose};
        Path changed = folder.resolve("changed");
        run(racing(search), changed, 2, () -> false);
        int before = raced(CampaignSummary.read(changed)).size();
        var amendments = Campaigns.amendments(changed,
                Map.of("objectives.know.floor", floor));
        new CampaignSession(racing(search), changed,
                new CampaignSession.Options(2, 2, false).withAmendments(amendments),
                CampaignListener.SILENT, () -> false).run();
        try (CampaignStore store = CampaignStore.read(changed)) {
            assertThat(store.amendments()).extracting(change -> change.key())
                    .containsExactly("objectives.know.floor");
        }

        search[3] = objectives;
        Path begun = folder.resolve("begun");
        run(racing(search), begun, 2, () -> false);

        assertThat(before).isPositive();
        assertThat(CampaignSummary.read(changed).contents().candidates())
                .isEqualTo(CampaignSummary.read(begun).contents().candidates());
        assertThat(Objects.requireNonNull(CampaignSummary.read(changed).status().winner()).member())
                .isEqualTo(Objects.requireNonNull(CampaignSummary.read(begun).status().winner())
                        .member());
    }

    @Test
    void whatCannotBeToldEarlyIsRefused() throws Exception {
        assertThatThrownBy(() -> racing("evaluation", "{items: 16, racing: true}"))
                .hasMessageContaining("16 items")
                .hasMessageContaining("23 at least");
        CampaignSpec spec = racing("objectives", "[{name: doubt, measure: entropy}]", "main",
                "doubt");
        Path directory = folder.resolve("never");
        assertThatThrownBy(() -> run(spec, directory, 1, () -> false))
                .isInstanceOf(CampaignException.class)
                .hasMessageContaining("objective doubt")
                .hasMessageContaining("evaluation.racing");
        assertThat(Files.exists(directory)).isFalse();
    }
}
