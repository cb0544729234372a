package io.mendel.results.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {

    @TempDir
    private Path folder;

    private Database database;

    @BeforeEach
    void open() throws Exception {
        database = Database.open(folder.resolve("test.db"), false);
        database.transaction(() -> database.update("CREATE TABLE number (x INTEGER UNIQUE)"));
        insert(1);
    }

    @AfterEach
    void close() throws Exception {
        database.close();
    }

    private void insert(int x) throws Exception {
        database.transaction(() -> database.update("INSERT INTO number VALUES (?)", x));
    }

    private long sum() throws Exception {
        return database.transaction(() -> database.query("SELECT sum(x) FROM number",
                row -> row.getLong(1))).getFirst();
    }

    /** OR ROLLBACK does what a full disk does: SQLite ends the transaction, which the driver does not notice. */
    @Test
    void whatFollowsATransactionThatEndedByItselfIsStillWhole() throws Exception {
        assertThatThrownBy(() -> database.transaction(() -> {
            database.update("INSERT INTO number VALUES (2)");
            return database.update("INSERT OR ROLLBACK INTO number VALUES (1)");
        })).isInstanceOf(StoreException.class);
        assertThat(sum()).isEqualTo(1);

        assertThatThrownBy(() -> database.transaction(() -> {
            database.update("INSERT INTO number VALUES (3)");
            return database.update("INSERT INTO number VALUES (1)");
        })).isInstanceOf(StoreException.class);
        assertThat(sum()).isEqualTo(1);

        insert(4);
        try (Database other = Database.open(folder.resolve("test.db"), true)) {
            assertThat(other.query("SELECT sum(x) FROM number", row -> row.getLong(1)))
                    .containsExactly(5L);
        }
    }

    @Test
    void theReasonOfAFailureIsTheFirstOne() {
        assertThatThrownBy(() -> database.transaction(() -> {
            throw new IllegalStateException("first");
        })).isInstanceOf(IllegalStateException.class).hasMessage("first");
    }
}
