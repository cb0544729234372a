package io.mendel.results.store;

import io.mendel.results.Baseline;
import io.mendel.results.CampaignInfo;
import io.mendel.results.Candidate;
import io.mendel.results.GenerationSummary;
import io.mendel.results.LayerRuns;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.Winner;
import io.mendel.results.pareto.Direction;
import io.mendel.results.store.StoreException.Kind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All tables other than those of the evaluations. */
final class CampaignTables {
    private final Database database;

    CampaignTables(Database database) {
        this.database = database;
    }

    void insert(CampaignInfo info) throws SQLException {
        database.update(
                """
                        INSERT INTO campaign (id, name, yaml, seed, settings_digest, main, genes, finished, seconds)
                        VALUES (1, ?, ?, ?, ?, ?, ?, 0, 0)""",
                info.name(), info.yaml(), info.seed(), info.settingsDigest(),
                info.main(), Json.of(info.genes()));
        for (int i = 0; i < info.parents().size(); i++) {
            var parent = info.parents().get(i);
            database.update("INSERT INTO parent VALUES (?, ?, ?)", i, parent.name(),
                    parent.digest());
        }
        for (int i = 0; i < info.objectives().size(); i++) {
            var objective = info.objectives().get(i);
            database.update("INSERT INTO objective VALUES (?, ?, ?, ?, ?)", i, objective.name(),
                    objective.direction().name(), objective.task(), objective.metric());
        }
    }

    @Nullable
    CampaignInfo info() throws SQLException {
        var parents = database.query("SELECT name, digest FROM parent ORDER BY position",
                row -> new CampaignInfo.Parent(row.getString("name"), row.getString("digest")));
        var objectives = database.query(
                "SELECT name, direction, task, metric FROM objective ORDER BY position",
                row -> new ObjectiveDefinition(row.getString("name"),
                        Direction.valueOf(row.getString("direction")),
                        row.getString("task"), row.getString("metric")));
        return database.first("SELECT name, yaml, seed, settings_digest, main, genes FROM campaign",
                row -> new CampaignInfo(row.getString("name"), row.getString("yaml"),
                        row.getLong("seed"), parents,
                        row.getString("settings_digest"), objectives, row.getString("main"),
                        Json.names(row.getString("genes"))));
    }

    void insert(Candidate candidate) throws SQLException, StoreException {
        var stored = database.first(
                "SELECT * FROM candidate WHERE id = ? OR (generation = ? AND position = ?)",
                CampaignTables::readCandidate, candidate.id(), candidate.generation(),
                candidate.index());
        if (stored == null) {
            database.update("INSERT INTO candidate VALUES (?, ?, ?, ?, ?, ?, ?)", candidate.id(),
                    candidate.generation(),
                    candidate.index(), candidate.origin(), Packed.doubles(candidate.genes()),
                    candidate.recipe(),
                    candidate.recipeDigest());
        } else if (!stored.equals(candidate)) {
            throw conflict("candidate " + candidate.id() + " (generation " + candidate.generation()
                    + ", place "
                    + candidate.index() + ", recipe " + candidate.recipeDigest()
                    + ") differs from the stored candidate "
                    + stored.id() + " (generation " + stored.generation() + ", place "
                    + stored.index() + ", recipe "
                    + stored.recipeDigest() + ").");
        }
    }

    List<Candidate> candidates() throws SQLException {
        return database.query("SELECT * FROM candidate ORDER BY id", CampaignTables::readCandidate);
    }

    List<Candidate> candidates(int generation) throws SQLException {
        return database.query("SELECT * FROM candidate WHERE generation = ? ORDER BY position",
                CampaignTables::readCandidate, generation);
    }

    private static Candidate readCandidate(ResultSet row) throws SQLException {
        return new Candidate(row.getLong("id"), row.getInt("generation"), row.getInt("position"),
                row.getString("origin"),
                Packed.doubleList(row.getBytes("genes")), row.getString("recipe"),
                row.getString("recipe_digest"));
    }

    void insertItemSet(String role, String digest) throws SQLException, StoreException {
        var stored = itemSets().get(role);
        if (stored == null) {
            database.update("INSERT INTO item_set VALUES (?, ?)", role, digest);
        } else if (!stored.equals(digest)) {
            throw conflict("the " + role + " items are " + digest + ", but the campaign began with "
                    + stored + ".");
        }
    }

    SortedMap<String, String> itemSets() throws SQLException {
        var sets = new TreeMap<String, String>();
        for (var entry : database.query("SELECT role, digest FROM item_set",
                row -> Map.entry(row.getString("role"), row.getString("digest")))) {
            sets.put(entry.getKey(), entry.getValue());
        }
        return sets;
    }

    void insert(GenerationSummary summary) throws SQLException, StoreException {
        var stored = database.first("SELECT * FROM generation WHERE generation = ?",
                CampaignTables::readSummary,
                summary.generation());
        if (stored == null) {
            database.update("INSERT INTO generation VALUES (?, ?, ?, ?)", summary.generation(),
                    summary.evaluations(),
                    orNull(summary.hypervolume()), orNull(summary.bestMain()));
        } else if (!stored.equals(summary)) {
            throw conflict("generation " + summary.generation() + " ended as " + stored
                    + " before and as " + summary
                    + " now.");
        }
    }

    List<GenerationSummary> history() throws SQLException {
        return database.query("SELECT * FROM generation ORDER BY generation",
                CampaignTables::readSummary);
    }

    private static GenerationSummary readSummary(ResultSet row) throws SQLException {
        return new GenerationSummary(row.getInt("generation"), row.getInt("evaluations"),
                orNaN(row, "hypervolume"),
                orNaN(row, "best_main"));
    }

    void put(Baseline baseline) throws SQLException {
        database.update("INSERT OR REPLACE INTO baseline VALUES (?, ?, ?, ?, ?)", baseline.name(),
                baseline.kind().name(),
                Json.of(baseline.objectives()), Json.of(baseline.search().tasks()),
                Json.of(baseline.heldOut().tasks()));
    }

    List<Baseline> baselines() throws SQLException {
        var baselines = database.query("SELECT * FROM baseline",
                row -> new Baseline(row.getString("name"),
                        Baseline.Kind.valueOf(row.getString("kind")),
                        Json.values(row.getString("objectives")),
                        Json.scores(row.getString("search")),
                        Json.scores(row.getString("held_out"))));
        baselines.sort(Comparator.comparing(Baseline::kind).thenComparing(Baseline::name));
        return baselines;
    }

    void put(Winner winner) throws SQLException {
        database.update("INSERT OR REPLACE INTO winner VALUES (1, ?, ?, ?)", winner.candidate(),
                Json.of(winner.validation().tasks()), Json.of(winner.heldOut().tasks()));
    }

    @Nullable
    Winner winner() throws SQLException {
        return database.first("SELECT * FROM winner", row -> new Winner(row.getLong("candidate"),
                Json.scores(row.getString("validation")), Json.scores(row.getString("held_out"))));
    }

    /** The table is made when it is needed: campaigns that know no paths do without. */
    void add(LayerRuns session) throws SQLException {
        database.update(
                "CREATE TABLE IF NOT EXISTS layer_runs (id INTEGER PRIMARY KEY CHECK (id = 1),"
                        + " executed INTEGER NOT NULL, saved INTEGER NOT NULL) STRICT");
        LayerRuns before = layerRuns();
        database.update("INSERT OR REPLACE INTO layer_runs VALUES (1, ?, ?)",
                before.executed() + session.executed(), before.saved() + session.saved());
    }

    LayerRuns layerRuns() throws SQLException {
        var table = database.first("SELECT name FROM sqlite_schema WHERE name = 'layer_runs'",
                row -> row.getString(1));
        LayerRuns runs = table == null
                ? null
                : database.first("SELECT executed, saved FROM layer_runs",
                        row -> new LayerRuns(row.getLong(1), row.getLong(2)));
        return runs == null ? LayerRuns.NONE : runs;
    }

    private StoreException conflict(String what) {
        return new StoreException(Kind.CONFLICT, database.file(), what,
                "The search must be a function of campaign and seed alone; resume with the version of Mendel that began it.");
    }

    private static @Nullable Double orNull(double value) {
        return Double.isNaN(value) ? null : value;
    }

    private static double orNaN(ResultSet row, String column) throws SQLException {
        double value = row.getDouble(column);
        return row.wasNull() ? Double.NaN : value;
    }
}
