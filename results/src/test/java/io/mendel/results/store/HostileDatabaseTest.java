package io.mendel.results.store;

import static io.mendel.results.store.CampaignStoreTest.assertKind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.results.DemoCampaign;
import io.mendel.results.store.StoreException.Kind;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileDatabaseTest {
    @TempDir
    Path directory;
    private Path file;

    @BeforeEach
    void writeCampaign() throws StoreException {
        file = directory.resolve("campaign.db");
        try (var store = CampaignStore.start(directory, DemoCampaign.info(3))) {
            store.recordItemSet(CampaignStore.SEARCH_ITEMS, DemoCampaign.ITEMS);
            store.recordCandidates(DemoCampaign.candidates(200, 42));
            for (var candidate : store.candidates()) {
                store.record(DemoCampaign.evaluation(candidate, 3, true));
            }
        }
    }

    @Test
    void textIsNoDatabase() throws Exception {
        Files.writeString(file,
                "This is not a database, but it is long enough to be one. ".repeat(100));
        assertKind(Kind.CORRUPT, () -> CampaignStore.read(directory));
        assertKind(Kind.CORRUPT, () -> CampaignStore.start(directory, DemoCampaign.info(3)));
        assertThat(Files.readString(file)).startsWith("This is not a database");
    }

    @Test
    void databasesOfOtherProgramsAreLeftAlone() throws Exception {
        Files.delete(file);
        sql("CREATE TABLE address (name TEXT)");
        assertKind(Kind.FOREIGN, () -> CampaignStore.resume(directory));
        assertKind(Kind.FOREIGN, () -> CampaignStore.start(directory, DemoCampaign.info(3)));
    }

    @Test
    void otherSchemaVersionsAreNamed() throws Exception {
        sql("PRAGMA user_version = 99");
        assertThatThrownBy(() -> CampaignStore.read(directory)).hasMessageContaining("version 99")
                .hasMessageContaining("newer");
        sql("PRAGMA user_version = 0");
        assertThatThrownBy(() -> CampaignStore.read(directory)).hasMessageContaining("version 0")
                .hasMessageContaining("older");
        assertKind(Kind.VERSION, () -> CampaignStore.resume(directory));
    }

    @Test
    void truncatedDatabasesAreCorrupt() throws Exception {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() / 2 / 4096 * 4096);
        }
        assertKind(Kind.CORRUPT, this::readEverything);
    }

    @Test
    void overwrittenPagesAreCorruptOrReported() throws Exception {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var noise = ByteBuffer.allocate((int) channel.size() - 8 * 4096);
            for (int i = 0; i < noise.capacity(); i++) {
                noise.put(i, (byte) (i * 31 + 7));
            }
            channel.write(noise, 8 * 4096);
        }
        assertKind(Kind.CORRUPT, this::readEverything);
    }

    @Test
    void editedRowsAreCorruptRatherThanBelieved() throws Exception {
        sql("UPDATE candidate SET genes = x'0102' WHERE id = 3");
        assertKind(Kind.CORRUPT, this::readEverything);
        sql("UPDATE candidate SET genes = x'' WHERE id = 3");
        sql("UPDATE evaluation SET scores = '{]' WHERE id = 3");
        assertKind(Kind.CORRUPT, this::readEverything);
        sql("UPDATE evaluation SET scores = 'null' WHERE id = 3");
        assertKind(Kind.CORRUPT, this::readEverything);
        sql("UPDATE evaluation SET scores = '{\"t\":{\"m\":null}}' WHERE id = 3");
        assertKind(Kind.CORRUPT, this::readEverything);
    }

    private void readEverything() throws StoreException {
        try (var store = CampaignStore.read(directory)) {
            store.contents();
            store.contentDigest();
        }
    }

    private void sql(String statement) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var update = connection.createStatement()) {
            update.execute(statement);
        }
    }
}
