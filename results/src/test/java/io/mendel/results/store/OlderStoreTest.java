package io.mendel.results.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.results.Amendment;
import io.mendel.results.Arrival;
import io.mendel.results.DemoCampaign;
import io.mendel.results.Evaluation;
import io.mendel.results.EvaluationKey;
import io.mendel.results.ItemScores;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Outcome;
import io.mendel.results.RacingSavings;
import io.mendel.results.Scores;
import io.mendel.results.pareto.Direction;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that were written by a former version, and what this version added. */
class OlderStoreTest {

    private static final Arrival ARRIVAL = new Arrival("enqueued: r.yaml", "{}", "d1", null);

    private static final Outcome.Raced RACED = new Outcome.Raced(
            new TreeMap<>(Map.of("know", 0.5)), Scores.none(), List.of(new ItemScores("know_ja",
                    "acc", new int[]{3, 1}, new double[]{0, 1})),
            2, 4);

    @TempDir
    private Path directory;

    @BeforeEach
    void writeCampaign() throws StoreException {
        try (var store = CampaignStore.start(directory, DemoCampaign.info(3))) {
            store.recordItemSet(CampaignStore.SEARCH_ITEMS, DemoCampaign.ITEMS);
            store.recordCandidates(DemoCampaign.candidates(5, 42));
            for (var candidate : store.candidates()) {
                store.record(DemoCampaign.evaluation(candidate, 3, true));
            }
            store.markFinished(true);
        }
    }

    private void makeOlder() throws SQLException {
        makeOlder(2, "raced");
        makeOlder(1, "arrival", "amendment");
    }

    private void makeOlder(int version, String... without) throws SQLException {
        try (var connection = DriverManager
                .getConnection("jdbc:sqlite:" + directory.resolve("campaign.db"));
                var statement = connection.createStatement()) {
            for (String table : without) {
                statement.execute("DROP TABLE " + table);
            }
            statement.execute("PRAGMA user_version = " + version);
        }
    }

    @Test
    void anOlderStoreIsReadAsItIsAndBroughtUpToDateByWriting() throws Exception {
        makeOlder();
        String content;
        try (var store = CampaignStore.read(directory)) {
            content = store.contentDigest();
            assertThat(store.arrivals()).isEmpty();
            assertThat(store.amendments()).isEmpty();
        }
        assertThatThrownBy(() -> CampaignStore.enqueue(directory, List.of(ARRIVAL)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("mendel resume");

        try (var store = CampaignStore.resume(directory)) {
            assertThat(store.contentDigest()).isEqualTo(content);
        }

        assertThat(CampaignStore.enqueue(directory, List.of(ARRIVAL))).isEqualTo(1);
        try (var store = CampaignStore.read(directory)) {
            assertThat(store.arrivals()).containsExactly(ARRIVAL);
            assertThat(store.contents().evaluated()).isEqualTo(5);
        }
    }

    @Test
    void aStoreFromBeforeRacingKeepsWhatWasHandedInAndLearnsToGiveUp() throws Exception {
        try (var store = CampaignStore.resume(directory)) {
            store.amend(List.of(new Amendment("limits.seconds", "9")));
        }
        makeOlder(2, "raced");
        String content;
        try (var store = CampaignStore.read(directory)) {
            content = store.contentDigest();
            assertThat(store.amendments()).hasSize(1);
            assertThat(store.evaluations(DemoCampaign.ITEMS)).hasSize(5);
            assertThat(store.contents().racing()).isEqualTo(RacingSavings.NONE);
        }
        assertThat(CampaignStore.enqueue(directory, List.of(ARRIVAL))).isEqualTo(1);

        var key = new EvaluationKey("r", DemoCampaign.ITEMS, DemoCampaign.SETTINGS);
        try (var store = CampaignStore.resume(directory)) {
            assertThat(store.contentDigest()).isNotEqualTo(content);
            assertThat(store.amendments()).hasSize(1);
            store.record(new Evaluation(key, RACED, 1));
            assertThat(store.find(key)).isEqualTo(new Evaluation(key, RACED, 1));
        }
    }

    @Test
    void anEvaluationThatWasGivenUpIsReplacedByOneThatWentFurther() throws Exception {
        var key = new EvaluationKey("r", DemoCampaign.ITEMS, DemoCampaign.SETTINGS);
        var finished = new Outcome.Finished(new TreeMap<>(Map.of("know", 0.5)), Scores.none(),
                List.of(new ItemScores("know_ja", "acc", new int[]{3, 1, 2, 4},
                        new double[]{0, 1, 1, 0})));
        try (var store = CampaignStore.resume(directory)) {
            store.record(new Evaluation(key, RACED, 1));
            assertThat(store.contents().racing()).isEqualTo(new RacingSavings(6, 1, 2, 24));
            assertThat(store.racing()).isEqualTo(store.contents().racing());
            String before = store.contentDigest();

            store.record(new Evaluation(key, finished, 2));
            assertThat(store.find(key)).isEqualTo(new Evaluation(key, finished, 2));
            assertThat(store.contentDigest()).isNotEqualTo(before);
            assertThat(store.contents().racing()).isEqualTo(RacingSavings.NONE);

            store.record(new Evaluation(key, RACED, 1));
            assertThat(store.find(key)).as("the longer one stays")
                    .isEqualTo(new Evaluation(key, finished, 2));
            var know = new ObjectiveDefinition("know", Direction.MAXIMIZE, "know_ja", "acc");
            assertThat(store.findItems(key, List.of(know, know))).isEqualTo(finished.items());
        }
    }

    @Test
    void whatFailsFurtherOnKeepsTheItemsBefore() throws Exception {
        var key = new EvaluationKey("r", DemoCampaign.ITEMS, DemoCampaign.SETTINGS);
        var know = new ObjectiveDefinition("know", Direction.MAXIMIZE, "know_ja", "acc");
        try (var store = CampaignStore.resume(directory)) {
            store.record(new Evaluation(key, RACED, 1));
            store.record(new Evaluation(key, new Outcome.Failed("NaN"), 1));

            assertThat(Objects.requireNonNull(store.findScores(key)).outcome())
                    .isEqualTo(new Outcome.Failed("NaN"));
            assertThat(store.findItems(key, List.of(know))).isEqualTo(RACED.items());
            assertThat(store.contents().racing()).isEqualTo(RacingSavings.NONE);
        }
    }

    @Test
    void recipesAreHandedInWhileAnotherConnectionWrites() throws Exception {
        try (var store = CampaignStore.resume(directory)) {
            assertThat(CampaignStore.enqueue(directory, List.of(ARRIVAL, ARRIVAL))).isEqualTo(1);
            assertThat(store.admit(4))
                    .containsExactly(new Arrival("enqueued: r.yaml", "{}", "d1", 4));
            assertThat(store.admit(5)).isEmpty();
            assertThat(store.admit(4)).as("when the generation is repeated").hasSize(1);
            assertThat(store.admitRest(3)).as("where the search ends sooner").hasSize(1);
        }
    }

    @Test
    void anAmendmentForgetsTheSearchButNoEvaluation() throws Exception {
        try (var store = CampaignStore.resume(directory)) {
            var evaluations = store.evaluations(DemoCampaign.ITEMS);
            store.amend(List.of(new Amendment("budget.evaluations", "50")));

            assertThat(store.candidates()).isEmpty();
            assertThat(store.contents().finished()).isFalse();
            assertThat(store.evaluations(DemoCampaign.ITEMS)).isEqualTo(evaluations).hasSize(5);
            assertThat(store.amendments())
                    .containsExactly(new Amendment("budget.evaluations", "50"));
        }
    }
}
