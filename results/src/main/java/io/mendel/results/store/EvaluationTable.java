package io.mendel.results.store;

import io.mendel.results.Evaluation;
import io.mendel.results.EvaluationKey;
import io.mendel.results.ItemScores;
import io.mendel.results.Outcome;
import io.mendel.results.store.StoreException.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables {@code evaluation} and {@code item_score}. */
final class EvaluationTable {
    private static final String SELECT = """
            SELECT id, recipe_digest, item_set_digest, settings_digest, failure, objectives, scores, seconds
            FROM evaluation\s""";

    private final Database database;

    EvaluationTable(Database database) {
        this.database = database;
    }

    /** Inserts; does nothing if the same outcome is stored, and refuses a different one. */
    void insert(Evaluation evaluation) throws SQLException, StoreException {
        var key = evaluation.key();
        var stored = find(key);
        if (stored != null) {
            if (!stored.outcome().equals(evaluation.outcome())) {
                throw new StoreException(Kind.CONFLICT, database.file(),
                        "recipe " + key.recipeDigest()
                                + " was evaluated before on the same items with another outcome: "
                                + describe(stored.outcome())
                                + " then, " + describe(evaluation.outcome()) + " now.",
                        "An evaluation must not depend on anything but recipe, items and settings; check that the parents, "
                                + "the tasks and the device are the ones the campaign began with.");
            }
            return;
        }
        switch (evaluation.outcome()) {
            case Outcome.Failed(var reason) -> insert(evaluation, reason, "{}", "{}");
            case Outcome.Finished(var objectives, var scores, var items) -> {
                insert(evaluation, null, Json.of(objectives), Json.of(scores.tasks()));
                for (var item : items) {
                    database.update(
                            """
                                    INSERT INTO item_score (evaluation, task, metric, doc_ids, scores)
                                    SELECT id, ?, ?, ?, ? FROM evaluation
                                    WHERE recipe_digest = ? AND item_set_digest = ? AND settings_digest = ?""",
                            item.task(), item.metric(), Packed.ints(item.docIds()),
                            Packed.doubles(item.scores()),
                            key.recipeDigest(), key.itemSetDigest(), key.settingsDigest());
                }
            }
        }
    }

    private void insert(Evaluation evaluation, @Nullable String failure, String objectives,
            String scores)
            throws SQLException {
        var key = evaluation.key();
        database.update(
                """
                        INSERT INTO evaluation
                          (recipe_digest, item_set_digest, settings_digest, failure, objectives, scores, seconds)
                        VALUES (?, ?, ?, ?, ?, ?, ?)""",
                key.recipeDigest(), key.itemSetDigest(), key.settingsDigest(), failure,
                objectives, scores, evaluation.seconds());
    }

    @Nullable
    Evaluation find(EvaluationKey key) throws SQLException {
        return find(key, true);
    }

    @Nullable
    Evaluation find(EvaluationKey key, boolean withItems) throws SQLException {
        return database.first(
                SELECT + "WHERE recipe_digest = ? AND item_set_digest = ? AND settings_digest = ?",
                row -> read(row, withItems), key.recipeDigest(), key.itemSetDigest(),
                key.settingsDigest());
    }

    /** The evaluations on one item set, sorted by key, without the scores of single items. */
    List<Evaluation> onItems(String itemSetDigest, String settingsDigest) throws SQLException {
        return database.query(
                SELECT + "WHERE item_set_digest = ? AND settings_digest = ? ORDER BY recipe_digest",
                row -> read(row, false), itemSetDigest, settingsDigest);
    }

    List<EvaluationKey> keys() throws SQLException {
        return database.query("""
                SELECT recipe_digest, item_set_digest, settings_digest FROM evaluation
                ORDER BY recipe_digest, item_set_digest, settings_digest""",
                EvaluationTable::readKey);
    }

    private Evaluation read(ResultSet row, boolean withItems) throws SQLException {
        var failure = row.getString("failure");
        Outcome outcome;
        if (failure == null) {
            List<ItemScores> items = withItems ? items(row.getLong("id")) : List.of();
            outcome = new Outcome.Finished(Json.values(row.getString("objectives")),
                    Json.scores(row.getString("scores")),
                    items);
        } else {
            outcome = new Outcome.Failed(failure);
        }
        return new Evaluation(readKey(row), outcome, row.getDouble("seconds"));
    }

    private List<ItemScores> items(long evaluation) throws SQLException {
        return database.query(
                """
                        SELECT task, metric, doc_ids, scores FROM item_score WHERE evaluation = ? ORDER BY task, metric""",
                row -> new ItemScores(row.getString("task"), row.getString("metric"),
                        Packed.ints(row.getBytes("doc_ids")),
                        Packed.doubles(row.getBytes("scores"))),
                evaluation);
    }

    private static EvaluationKey readKey(ResultSet row) throws SQLException {
        return new EvaluationKey(row.getString("recipe_digest"), row.getString("item_set_digest"),
                row.getString("settings_digest"));
    }

    private static String describe(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed(var reason) -> "failed (" + reason + ")";
            case Outcome.Finished(var objectives, _, _) -> objectives.toString();
        };
    }
}
