package io.mendel.results.store;

import io.mendel.results.Amendment;
import java.sql.SQLException;
import java.util.List;

/** The table {@code amendment}: values of the campaign file that were changed since the campaign began. */
final class AmendmentTable {
    private final Database database;

    AmendmentTable(Database database) {
        this.database = database;
    }

    void insert(Amendment amendment) throws SQLException {
        database.update("INSERT INTO amendment (key, value) VALUES (?, ?)", amendment.key(),
                amendment.value());
    }

    List<Amendment> all() throws SQLException {
        return database.query("SELECT key, value FROM amendment ORDER BY id",
                row -> new Amendment(row.getString("key"), row.getString("value")));
    }
}
