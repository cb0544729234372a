package io.mendel.results.store;

import java.util.ArrayList;
import java.util.List;

/**
 * The tables of {@code campaign.db}.
 *
 * <p>
 * {@code scores} columns hold JSON {@code {TASK: {METRIC: x}}}, {@code objectives} columns {@code {NAME: x}}, both with
 * sorted names. Genes and item scores are little-endian doubles, document ids little-endian 32-bit integers.
 * {@code generation} of an arrival is null while it waits. A row of {@code raced} says after
 * how many of how many items an evaluation was given up. {@code seconds} are timings and {@code folder} is a place; neither is part of the content.
 */
final class Schema {
    /** Written to the database header; "MNDL". */
    static final int APPLICATION_ID = 0x4D4E_444C;

    /** What each version adds to the one before, the first being version 2. */
    private static final List<List<String>> MIGRATIONS = List.of(List.of(
            """
                    CREATE TABLE arrival (
                      id INTEGER PRIMARY KEY, origin TEXT NOT NULL, recipe TEXT NOT NULL,
                      recipe_digest TEXT NOT NULL UNIQUE, generation INTEGER) STRICT""",
            """
                    CREATE TABLE amendment (
                      id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL) STRICT"""),
            List.of(
                    """
                            CREATE TABLE raced (
                              evaluation INTEGER PRIMARY KEY REFERENCES evaluation (id), scored INTEGER NOT NULL,
                              items INTEGER NOT NULL) STRICT"""));

    /** The first version with arrivals and amendments. */
    static final int WITH_ARRIVALS = 2;

    /** The first version with evaluations that were given up. */
    static final int WITH_RACING = 3;

    static final int VERSION = 1 + MIGRATIONS.size();

    private static final List<String> FIRST = List.of(
            """
                    CREATE TABLE campaign (
                      id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, yaml TEXT NOT NULL, seed INTEGER NOT NULL,
                      settings_digest TEXT NOT NULL, main TEXT NOT NULL, genes TEXT NOT NULL, finished INTEGER NOT NULL,
                      seconds REAL NOT NULL, folder TEXT NOT NULL DEFAULT '') STRICT""",
            """
                    CREATE TABLE parent (
                      position INTEGER PRIMARY KEY, name TEXT NOT NULL, digest TEXT NOT NULL) STRICT""",
            """
                    CREATE TABLE objective (
                      position INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, direction TEXT NOT NULL, task TEXT,
                      metric TEXT NOT NULL) STRICT""",
            """
                    CREATE TABLE item_set (
                      role TEXT PRIMARY KEY, digest TEXT NOT NULL) STRICT""",
            """
                    CREATE TABLE candidate (
                      id INTEGER PRIMARY KEY, generation INTEGER NOT NULL, position INTEGER NOT NULL, origin TEXT NOT NULL,
                      genes BLOB NOT NULL, recipe TEXT NOT NULL, recipe_digest TEXT NOT NULL,
                      UNIQUE (generation, position)) STRICT""",
            """
                    CREATE TABLE evaluation (
                      id INTEGER PRIMARY KEY, recipe_digest TEXT NOT NULL, item_set_digest TEXT NOT NULL,
                      settings_digest TEXT NOT NULL, failure TEXT, objectives TEXT NOT NULL, scores TEXT NOT NULL,
                      seconds REAL NOT NULL, UNIQUE (recipe_digest, item_set_digest, settings_digest)) STRICT""",
            """
                    CREATE TABLE item_score (
                      evaluation INTEGER NOT NULL REFERENCES evaluation (id), task TEXT NOT NULL, metric TEXT NOT NULL,
                      doc_ids BLOB NOT NULL, scores BLOB NOT NULL, PRIMARY KEY (evaluation, task, metric)) STRICT""",
            """
                    CREATE TABLE generation (
                      generation INTEGER PRIMARY KEY, evaluations INTEGER NOT NULL, hypervolume REAL, best_main REAL) STRICT""",
            """
                    CREATE TABLE baseline (
                      name TEXT PRIMARY KEY, kind TEXT NOT NULL, objectives TEXT NOT NULL, search TEXT NOT NULL,
                      held_out TEXT NOT NULL) STRICT""",
            """
                    CREATE TABLE winner (
                      id INTEGER PRIMARY KEY CHECK (id = 1), candidate INTEGER NOT NULL REFERENCES candidate (id),
                      validation TEXT NOT NULL, held_out TEXT NOT NULL) STRICT""",
            "PRAGMA application_id = " + APPLICATION_ID);

    private Schema() {}

    /** The statements that lead from a version to the present one; 0 is an empty database. */
    static List<String> from(int version) {
        var statements = new ArrayList<String>();
        if (version == 0) {
            statements.addAll(FIRST);
        }
        MIGRATIONS.stream().skip(Math.max(0, version - 1)).forEach(statements::addAll);
        statements.add("PRAGMA user_version = " + VERSION);
        return statements;
    }
}
