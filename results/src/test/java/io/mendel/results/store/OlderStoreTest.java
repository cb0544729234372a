package io.mendel.results.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.results.Amendment;
import io.mendel.results.Arrival;
import io.mendel.results.DemoCampaign;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that were written by a former version, and what this version added. */
class OlderStoreTest {

    private static final Arrival ARRIVAL = new Arrival("enqueued: r.yaml", "{}", "d1", null);

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
        try (var connection = DriverManager
                .getConnection("jdbc:sqlite:" + directory.resolve("campaign.db"));
                var statement = connection.createStatement()) {
            statement.execute("DROP TABLE arrival");
            statement.execute("DROP TABLE amendment");
            statement.execute("PRAGMA user_version = 1");
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
