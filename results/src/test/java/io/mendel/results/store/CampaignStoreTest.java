package io.mendel.results.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.results.Baseline;
import io.mendel.results.CampaignState;
import io.mendel.results.Candidate;
import io.mendel.results.DemoCampaign;
import io.mendel.results.Evaluation;
import io.mendel.results.EvaluationKey;
import io.mendel.results.GenerationSummary;
import io.mendel.results.ItemScores;
import io.mendel.results.Outcome;
import io.mendel.results.Scores;
import io.mendel.results.Winner;
import io.mendel.results.store.StoreException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CampaignStoreTest {
    @TempDir
    Path directory;

    private final List<Candidate> candidates = DemoCampaign.candidates(100, 42);

    private CampaignStore start(String name) throws StoreException {
        var store = CampaignStore.start(directory.resolve(name), DemoCampaign.info(3));
        store.recordItemSet(CampaignStore.SEARCH_ITEMS, DemoCampaign.ITEMS);
        store.recordCandidates(candidates);
        return store;
    }

    @Test
    void everythingRecordedIsReadBack() throws StoreException {
        var expected = DemoCampaign.contents(100, 3, true);
        try (var store = start("a")) {
            for (var candidate : candidates) {
                store.record(DemoCampaign.evaluation(candidate, 3, true));
            }
            for (var summary : expected.history()) {
                store.record(summary);
            }
            for (var baseline : expected.baselines()) {
                store.record(baseline);
            }
            store.record(Objects.requireNonNull(expected.winner()));
            store.recordElapsed(expected.elapsed());
            store.markFinished(true);
        }
        try (var store = CampaignStore.read(directory.resolve("a"))) {
            var contents = store.contents();
            assertThat(contents.info()).isEqualTo(expected.info());
            assertThat(contents.candidates()).isEqualTo(expected.candidates());
            assertThat(contents.history()).isEqualTo(expected.history());
            assertThat(contents.baselines()).isEqualTo(expected.baselines());
            assertThat(contents.winner()).isEqualTo(expected.winner());
            assertThat(contents.finished()).isTrue();
            assertThat(contents.elapsed()).isEqualTo(Duration.ofMinutes(187));
            assertThat(contents.evaluated()).isEqualTo(100);
            assertThat(contents.failed()).isEqualTo(2);
            assertThat(store.state()).isEqualTo(CampaignState.FINISHED);
            assertThat(store.candidates(3)).isEqualTo(candidates.subList(72, 96));
            assertThat(store.integrityDefects()).isEmpty();
            for (var candidate : candidates) {
                var evaluation = DemoCampaign.evaluation(candidate, 3, true);
                assertThat(store.find(evaluation.key())).isEqualTo(evaluation);
            }
        }
    }

    @Test
    void unusualNumbersKeepTheirBits() throws StoreException {
        var key = new EvaluationKey("r", DemoCampaign.ITEMS, DemoCampaign.SETTINGS);
        var values = new TreeMap<String, Double>();
        values.put("a", 0.1 + 0.2);
        values.put("b", -0.0);
        values.put("c", Double.MIN_VALUE);
        values.put("d", 1e300);
        var items = List
                .of(new ItemScores("t", "loglikelihood", new int[]{0, -1, Integer.MAX_VALUE, 4},
                        new double[]{Double.NEGATIVE_INFINITY, Double.NaN, -0.0, Math.PI}));
        var evaluation = new Evaluation(key, new Outcome.Finished(values, Scores.none(), items), 0);
        try (var store = start("a")) {
            store.record(evaluation);
            assertThat(store.find(key)).isEqualTo(evaluation);
        }
    }

    @Test
    void emptyListsStayEmpty() throws StoreException {
        var bare = new Candidate(1000, 90, 0, "parent:chat-ja", List.of(), "{}", "d");
        var evaluation = new Evaluation(new EvaluationKey("d", "i", "s"),
                new Outcome.Finished(new TreeMap<>(), Scores.none(),
                        List.of(new ItemScores("t", "acc", new int[0], new double[0]))),
                0);
        try (var store = start("a")) {
            store.recordCandidates(List.of(bare));
            store.record(evaluation);
            assertThat(store.candidates(90)).containsExactly(bare);
            assertThat(store.find(evaluation.key())).isEqualTo(evaluation);
        }
    }

    @Test
    void unknownHistoryStaysUnknown() throws StoreException {
        try (var store = start("a")) {
            store.record(new GenerationSummary(0, 24, Double.NaN, Double.NaN));
            store.record(new GenerationSummary(0, 24, Double.NaN, Double.NaN));
            assertThat(store.contents().history())
                    .containsExactly(new GenerationSummary(0, 24, Double.NaN, Double.NaN));
        }
    }

    @Test
    void recordingTwiceChangesNothing() throws StoreException {
        try (var store = start("a")) {
            store.record(DemoCampaign.evaluation(candidates.get(7), 3, true));
            store.record(DemoCampaign.evaluation(candidates.get(40), 3, true));
            var digest = store.contentDigest();
            store.recordCandidates(candidates);
            store.recordItemSet(CampaignStore.SEARCH_ITEMS, DemoCampaign.ITEMS);
            var again = DemoCampaign.evaluation(candidates.get(7), 3, true);
            store.record(new Evaluation(again.key(), again.outcome(), 99));
            store.record(DemoCampaign.evaluation(candidates.get(40), 3, true));
            assertThat(store.contentDigest()).isEqualTo(digest);
        }
    }

    @Test
    void differentResultsUnderTheSameKeyAreRefused() throws StoreException {
        try (var store = start("a")) {
            var first = DemoCampaign.evaluation(candidates.get(7), 3, true);
            store.record(first);
            var digest = store.contentDigest();
            assertKind(Kind.CONFLICT, () -> store
                    .record(new Evaluation(first.key(), new Outcome.Failed("timeout"), 1)));
            var other = DemoCampaign.evaluation(candidates.get(8), 3, true);
            assertKind(Kind.CONFLICT,
                    () -> store.record(new Evaluation(first.key(), other.outcome(), 1)));
            assertKind(Kind.CONFLICT,
                    () -> store.recordItemSet(CampaignStore.SEARCH_ITEMS, "other"));
            var moved = new Candidate(100, 0, 0, "uniform", List.of(), "{}", "d");
            var fresh = new Candidate(101, 90, 0, "uniform", List.of(), "{}", "d");
            assertKind(Kind.CONFLICT, () -> store.recordCandidates(List.of(fresh, moved)));
            assertThat(store.candidates()).as("all or none").hasSize(100);
            store.record(new GenerationSummary(0, 24, 0.5, 0.5));
            assertKind(Kind.CONFLICT, () -> store.record(new GenerationSummary(0, 24, 0.5, 0.6)));
            assertThat(store.find(first.key())).isEqualTo(first);
            assertThat(digest).hasSize(64);
        }
    }

    @Test
    void contentDoesNotDependOnTheOrderOfTheWorkers() throws Exception {
        String sequential;
        try (var store = start("a")) {
            for (var candidate : candidates) {
                store.record(DemoCampaign.evaluation(candidate, 3, true));
            }
            sequential = store.contentDigest();
        }
        try (var store = start("b"); var workers = Executors.newFixedThreadPool(4)) {
            var shuffled = new ArrayList<>(candidates);
            Collections.shuffle(shuffled, new Random(7));
            var work = shuffled.stream().<Callable<Boolean>>map(candidate -> () -> {
                var evaluation = DemoCampaign.evaluation(candidate, 3, true);
                store.record(new Evaluation(evaluation.key(), evaluation.outcome(),
                        Thread.currentThread().threadId()));
                return store.find(evaluation.key()) != null;
            }).toList();
            for (var result : workers.invokeAll(work)) {
                assertThat(result.get()).isTrue();
            }
            assertThat(store.contentDigest()).isEqualTo(sequential);
        }
    }

    @Test
    void digestSeesEveryKindOfContent() throws StoreException {
        try (var store = start("a")) {
            var digests = new ArrayList<String>();
            digests.add(store.contentDigest());
            store.record(DemoCampaign.evaluation(candidates.get(0), 3, true));
            digests.add(store.contentDigest());
            store.record(new GenerationSummary(0, 24, 0.5, 0.5));
            digests.add(store.contentDigest());
            store.record(DemoCampaign.baseline("uniform", Baseline.Kind.UNIFORM, 0.4, 0.5, 0.6));
            digests.add(store.contentDigest());
            store.record(new Winner(3, Scores.none(), DemoCampaign.scores(0.1)));
            digests.add(store.contentDigest());
            store.recordItemSet("test", "abc");
            digests.add(store.contentDigest());
            store.markFinished(true);
            digests.add(store.contentDigest());
            assertThat(digests).doesNotHaveDuplicates();
            store.recordElapsed(Duration.ofHours(3));
            assertThat(store.contentDigest()).isEqualTo(digests.getLast());
        }
    }

    @Test
    void startAgainResumesTheSameCampaignAndRefusesAnother() throws StoreException {
        start("a").close();
        try (var store = start("a")) {
            assertThat(store.candidates()).hasSize(100);
        }
        assertKind(Kind.DIFFERENT,
                () -> CampaignStore.start(directory.resolve("a"), DemoCampaign.info(2)));
        try (var store = CampaignStore.resume(directory.resolve("a"))) {
            assertThat(store.info()).isEqualTo(DemoCampaign.info(3));
        }
    }

    @Test
    void readersLookOnWhileTheWriterWorksAndMayNotWrite() throws StoreException {
        try (var writer = start("a%20 ?#ü");
                var reader = CampaignStore.read(directory.resolve("a%20 ?#ü"))) {
            var evaluation = DemoCampaign.evaluation(candidates.get(5), 3, true);
            assertThat(reader.find(evaluation.key())).isNull();
            writer.record(evaluation);
            assertThat(reader.find(evaluation.key())).isEqualTo(evaluation);
            assertThat(reader.state()).isEqualTo(CampaignState.RUNNING);
            assertThatIllegalStateException().isThrownBy(() -> reader.record(evaluation))
                    .withMessageContaining("reading");
            assertKind(Kind.LOCKED, () -> CampaignStore.resume(directory.resolve("a%20 ?#ü")));
        }
        try (var reader = CampaignStore.read(directory.resolve("a%20 ?#ü"))) {
            assertThat(reader.state()).isEqualTo(CampaignState.PAUSED);
        }
    }

    @Test
    void emptyOrAbsentDirectoriesHoldNoCampaign() throws Exception {
        assertKind(Kind.MISSING, () -> CampaignStore.read(directory.resolve("absent")));
        assertKind(Kind.MISSING, () -> CampaignStore.resume(directory));
        Files.createFile(directory.resolve("campaign.db"));
        assertKind(Kind.MISSING, () -> CampaignStore.read(directory));
        CampaignStore.start(directory, DemoCampaign.info(1)).close();
        assertThat(CampaignStore.exists(directory)).isTrue();
    }

    static void assertKind(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e.getMessage()).contains(e.path().toString()).contains("\n");
        });
    }
}
