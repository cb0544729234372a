package io.mendel.results.store;

import io.mendel.results.Evaluation;
import io.mendel.results.EvaluationKey;
import io.mendel.results.ItemScores;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Outcome;
import io.mendel.results.RacingSavings;
import io.mendel.results.store.StoreException.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The tables {@code evaluation} and {@code item_score}. */
final class EvaluationTable {
    private static final String SELECT = """
            SELECT id, recipe_digest, item_set_digest, settings_digest, failure, objectives, evaluation.scores, seconds%s
            FROM evaluation %s\s""";
    private static final String KEY = "recipe_digest = ? AND item_set_digest = ? AND settings_digest = ?";

    private final Database database;
    private final boolean raced;
    private final String select;

    /**
     * The tables.
     *
     * @param raced whether evaluations may have been given up early, as no older store knows
     */
    EvaluationTable(Database database, boolean raced) {
        this.database = database;
        this.raced = raced;
        this.select = raced
                ? SELECT.formatted(", scored, items",
                        "LEFT JOIN raced ON raced.evaluation = evaluation.id")
                : SELECT.formatted("", "");
    }

    /**
     * Inserts; does nothing if the same outcome or a longer one is stored, replaces one that was given up earlier, and
     * refuses a different one.
     */
    void insert(Evaluation evaluation) throws SQLException, StoreException {
        var key = evaluation.key();
        var stored = find(key);
        if (stored != null && stored.outcome() instanceof Outcome.Raced before
                && goesOn(before, evaluation.outcome())) {
            if (evaluation.outcome() instanceof Outcome.Failed(var reason)) {
                // The items up to where it was given up still say what they said.
                database.update("UPDATE evaluation SET failure = ? WHERE " + KEY, reason,
                        key.recipeDigest(), key.itemSetDigest(), key.settingsDigest());
                return;
            }
            delete(key);
            stored = null;
        }
        if (stored != null) {
            boolean shorter = evaluation.outcome() instanceof Outcome.Raced given
                    && goesOn(given, stored.outcome());
            if (!shorter && !stored.outcome().equals(evaluation.outcome())) {
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
            case Outcome.Finished(var objectives, var scores, var items) ->
                insert(insert(evaluation, null, Json.of(objectives), Json.of(scores.tasks())),
                        items);
            case Outcome.Raced(var objectives, var scores, var items, int scored, int of) -> {
                long id = insert(evaluation, null, Json.of(objectives), Json.of(scores.tasks()));
                database.update("INSERT INTO raced (evaluation, scored, items) VALUES (?, ?, ?)",
                        id, scored, of);
                insert(id, items);
            }
        }
    }

    /** Whether an outcome is that of an evaluation which was given up earlier, on more items. */
    private static boolean goesOn(Outcome.Raced before, Outcome after) {
        return switch (after) {
            case Outcome.Finished _ -> true;
            case Outcome.Raced later -> later.scored() > before.scored();
            // What fails later fails on items that were not reached before.
            case Outcome.Failed _ -> true;
        };
    }

    private void delete(EvaluationKey key) throws SQLException {
        for (String dependent : List.of("item_score", "raced")) {
            database.update("DELETE FROM " + dependent
                    + " WHERE evaluation = (SELECT id FROM evaluation WHERE " + KEY + ")",
                    key.recipeDigest(), key.itemSetDigest(), key.settingsDigest());
        }
        database.update("DELETE FROM evaluation WHERE " + KEY, key.recipeDigest(),
                key.itemSetDigest(), key.settingsDigest());
    }

    private void insert(long evaluation, List<ItemScores> items) throws SQLException {
        for (var item : items) {
            database.update(
                    "INSERT INTO item_score (evaluation, task, metric, doc_ids, scores) VALUES (?, ?, ?, ?, ?)",
                    evaluation, item.task(), item.metric(), Packed.ints(item.docIds()),
                    Packed.doubles(item.scores()));
        }
    }

    /** Inserts the row of an evaluation; returns its id. */
    private long insert(Evaluation evaluation, @Nullable String failure, String objectives,
            String scores) throws SQLException {
        var key = evaluation.key();
        Long id = database.first(
                """
                        INSERT INTO evaluation
                          (recipe_digest, item_set_digest, settings_digest, failure, objectives, scores, seconds)
                        VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id""",
                row -> row.getLong(1), key.recipeDigest(), key.itemSetDigest(),
                key.settingsDigest(), failure, objectives, scores, evaluation.seconds());
        return Objects.requireNonNull(id);
    }

    @Nullable
    Evaluation find(EvaluationKey key) throws SQLException {
        return find(key, true);
    }

    @Nullable
    Evaluation find(EvaluationKey key, boolean withItems) throws SQLException {
        return database.first(
                select + "WHERE " + KEY,
                row -> read(row, withItems), key.recipeDigest(), key.itemSetDigest(),
                key.settingsDigest());
    }

    /** The evaluations on one item set, sorted by key, without the scores of single items. */
    List<Evaluation> onItems(String itemSetDigest, String settingsDigest) throws SQLException {
        return database.query(
                select + "WHERE item_set_digest = ? AND settings_digest = ? ORDER BY recipe_digest",
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
            int scored = raced ? row.getInt("scored") : 0;
            outcome = scored == 0
                    ? new Outcome.Finished(Json.values(row.getString("objectives")),
                            Json.scores(row.getString("scores")), items)
                    : new Outcome.Raced(Json.values(row.getString("objectives")),
                            Json.scores(row.getString("scores")), items, scored,
                            row.getInt("items"));
        } else {
            outcome = new Outcome.Failed(failure);
        }
        return new Evaluation(readKey(row), outcome, row.getDouble("seconds"));
    }

    private List<ItemScores> items(long evaluation) throws SQLException {
        return database.query(
                """
                        SELECT task, metric, doc_ids, scores FROM item_score WHERE evaluation = ? ORDER BY task, metric""",
                EvaluationTable::readItems, evaluation);
    }

    /** The scores of single items in the metrics of these objectives. */
    List<ItemScores> items(EvaluationKey key, Collection<ObjectiveDefinition> objectives)
            throws SQLException {
        var found = new ArrayList<ItemScores>();
        for (var objective : objectives) {
            String task = objective.task();
            if (task != null) {
                found.addAll(database.query(
                        "SELECT task, metric, doc_ids, item_score.scores AS scores FROM item_score"
                                + " JOIN evaluation ON evaluation.id = item_score.evaluation WHERE "
                                + KEY + " AND task = ? AND metric = ?",
                        EvaluationTable::readItems, key.recipeDigest(), key.itemSetDigest(),
                        key.settingsDigest(), task, objective.metric()));
            }
        }
        return found.stream().distinct().toList();
    }

    /** What was saved on these item sets. */
    RacingSavings racing(List<String> itemSetDigests) throws SQLException {
        var racing = RacingSavings.NONE;
        for (String digest : raced ? itemSetDigests : List.<String>of()) {
            var row = database.first(
                    """
                            SELECT count(*) AS evaluations,
                            count(scored) FILTER (WHERE failure IS NULL) AS raced,
                            coalesce(sum(items - scored) FILTER (WHERE failure IS NULL), 0) AS saved,
                            coalesce(max(items), 0) AS of
                            FROM evaluation LEFT JOIN raced ON raced.evaluation = evaluation.id
                            WHERE item_set_digest = ?""",
                    found -> new RacingSavings(found.getInt("evaluations"), found.getInt("raced"),
                            found.getLong("saved"),
                            found.getLong("of") * found.getInt("evaluations")),
                    digest);
            if (row != null && row.raced() > 0) {
                racing = new RacingSavings(racing.evaluations() + row.evaluations(),
                        racing.raced() + row.raced(), racing.saved() + row.saved(),
                        racing.items() + row.items());
            }
        }
        return racing;
    }

    private static ItemScores readItems(ResultSet row) throws SQLException {
        return new ItemScores(row.getString("task"), row.getString("metric"),
                Packed.ints(row.getBytes("doc_ids")), Packed.doubles(row.getBytes("scores")));
    }

    private static EvaluationKey readKey(ResultSet row) throws SQLException {
        return new EvaluationKey(row.getString("recipe_digest"), row.getString("item_set_digest"),
                row.getString("settings_digest"));
    }

    private static String describe(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Failed(var reason) -> "failed (" + reason + ")";
            case Outcome.Finished(var objectives, _, _) -> objectives.toString();
            case Outcome.Raced raced -> raced.objectives() + " " + raced.text();
        };
    }
}
