package io.mendel.results.store;

import io.mendel.results.Arrival;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The table {@code arrival}: recipes handed to the search. */
final class ArrivalTable {
    private static final String SELECT = "SELECT origin, recipe, recipe_digest, generation FROM arrival ";
    private static final String ORDER = " ORDER BY id";

    private final Database database;

    ArrivalTable(Database database) {
        this.database = database;
    }

    /** Appends; a recipe that is there already stays as it is. Returns whether it is new. */
    boolean insert(Arrival arrival) throws SQLException {
        return database.update(
                """
                        INSERT OR IGNORE INTO arrival (origin, recipe, recipe_digest, generation)
                        VALUES (?, ?, ?, ?)""",
                arrival.origin(), arrival.recipe(), arrival.recipeDigest(),
                arrival.generation()) > 0;
    }

    List<Arrival> all() throws SQLException {
        return database.query(SELECT + ORDER, ArrivalTable::read);
    }

    /** Lets all that wait enter a generation; returns everything that entered it, now or in an earlier session. */
    List<Arrival> admit(int generation) throws SQLException {
        database.update("UPDATE arrival SET generation = ? WHERE generation IS NULL", generation);
        return database.query(SELECT + "WHERE generation = ?" + ORDER, ArrivalTable::read,
                generation);
    }

    List<Arrival> from(int generation) throws SQLException {
        return database.query(SELECT + "WHERE generation >= ?" + ORDER, ArrivalTable::read,
                generation);
    }

    private static Arrival read(ResultSet row) throws SQLException {
        int generation = row.getInt("generation");
        boolean waits = row.wasNull();
        return new Arrival(row.getString("origin"), row.getString("recipe"),
                row.getString("recipe_digest"), waits ? null : generation);
    }
}
