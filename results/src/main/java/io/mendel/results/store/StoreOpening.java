package io.mendel.results.store;

import io.mendel.results.CampaignInfo;
import io.mendel.results.store.StoreException.Kind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens campaign databases and checks that they are ours before anything is read from them. */
final class StoreOpening {
    private StoreOpening() {}

    static void requireDatabase(Path directory) throws StoreException {
        if (!CampaignStore.exists(directory)) {
            throw missing(directory);
        }
    }

    /** Opens for writing; creates the tables for {@code fresh} if it is given and the database is empty. */
    static CampaignStore forWriting(Path directory, @Nullable CampaignInfo fresh)
            throws StoreException {
        var lock = CampaignLock.take(directory);
        Database database = null;
        boolean done = false;
        try {
            database = Database.open(CampaignStore.databaseFile(directory), false);
            var store = new CampaignStore(directory, database, lock,
                    prepare(database, directory, fresh));
            done = true;
            return store;
        } finally {
            if (!done) {
                if (database != null) {
                    database.close();
                }
                lock.close();
            }
        }
    }

    static CampaignStore forReading(Path directory) throws StoreException {
        var database = Database.open(CampaignStore.databaseFile(directory), true);
        boolean done = false;
        try {
            var store = new CampaignStore(directory, database, null, checked(database, directory));
            done = true;
            return store;
        } finally {
            if (!done) {
                database.close();
            }
        }
    }

    private static CampaignInfo prepare(Database database, Path directory,
            @Nullable CampaignInfo fresh)
            throws StoreException {
        boolean empty = isEmpty(database);
        if (empty && fresh != null) {
            try {
                database.query("PRAGMA journal_mode = WAL", row -> row.getString(1));
            } catch (SQLException e) {
                throw Database.failure(database.file(), e);
            }
            // One transaction: a process killed here leaves an empty database, never half a campaign.
            database.transaction(() -> {
                for (var statement : Schema.from(0)) {
                    database.update(statement);
                }
                new CampaignTables(database).insert(fresh);
                return true;
            });
        }
        CampaignInfo info = checked(database, directory);
        if (header(database, "user_version") < Schema.VERSION) {
            migrate(database);
        }
        return info;
    }

    /** One transaction: a process killed here leaves the older database as it was. */
    private static void migrate(Database database) throws StoreException {
        int version = header(database, "user_version");
        database.transaction(() -> {
            for (var statement : Schema.from(version)) {
                database.update(statement);
            }
            return true;
        });
    }

    /** The version of the schema; an older database that is only read keeps it. */
    static int version(Database database) throws StoreException {
        return header(database, "user_version");
    }

    static CampaignInfo checked(Database database, Path directory) throws StoreException {
        if (isEmpty(database)) {
            throw missing(directory);
        }
        int application = header(database, "application_id");
        if (application != Schema.APPLICATION_ID) {
            throw new StoreException(Kind.FOREIGN, database.file(),
                    "the database belongs to another program.",
                    "Choose another directory with --dir, or move the file away.");
        }
        int version = header(database, "user_version");
        if (version < 1 || version > Schema.VERSION) {
            throw new StoreException(Kind.VERSION, database.file(),
                    "the database has schema version " + version
                            + ", this Mendel needs " + Schema.VERSION + ".",
                    "Use the " + (version > Schema.VERSION ? "newer" : "older")
                            + " Mendel that wrote it, or start the campaign in a new directory.");
        }
        CampaignInfo info = database
                .<@Nullable CampaignInfo>transaction(new CampaignTables(database)::info);
        if (info == null) {
            throw new StoreException(Kind.CORRUPT, database.file(),
                    "the table campaign has lost its row.",
                    "Restore the database from a copy, or start the campaign in a new directory.");
        }
        return info;
    }

    private static boolean isEmpty(Database database) throws StoreException {
        List<String> tables = database.transaction(
                () -> database.query("SELECT name FROM sqlite_schema LIMIT 1",
                        row -> row.getString(1)));
        return tables.isEmpty();
    }

    private static int header(Database database, String field) throws StoreException {
        Integer value = database.<@Nullable Integer>transaction(
                () -> database.first("PRAGMA " + field, row -> row.getInt(1)));
        return value == null ? 0 : value;
    }

    private static StoreException missing(Path directory) {
        return new StoreException(Kind.MISSING, directory, "the directory holds no campaign.",
                "Start one with `mendel run CAMPAIGN.yaml --dir " + directory + "`.");
    }

    /** Names the first thing in which two campaigns differ. */
    static String difference(CampaignInfo stored, CampaignInfo given) {
        if (stored.seed() != given.seed()) {
            return "its seed is " + stored.seed() + ", not " + given.seed() + ".";
        }
        if (!stored.parents().equals(given.parents())) {
            return parents(stored.parents(), given.parents());
        }
        if (!stored.settingsDigest().equals(given.settingsDigest())) {
            return "its evaluator settings are " + stored.settingsDigest() + ", not "
                    + given.settingsDigest() + ".";
        }
        return stored.name().equals(given.name())
                ? "its campaign file differs from the given one."
                : "it is named " + stored.name() + ", not " + given.name() + ".";
    }

    private static String parents(List<CampaignInfo.Parent> stored,
            List<CampaignInfo.Parent> given) {
        for (int i = 0; i < Math.min(stored.size(), given.size()); i++) {
            var before = stored.get(i);
            var now = given.get(i);
            if (before.name().equals(now.name()) && !before.digest().equals(now.digest())) {
                return "the weights of the model " + now.name() + " changed: their digest is "
                        + now.digest() + ", the campaign began with " + before.digest() + ".";
            }
        }
        return "its models are " + stored + ", not " + given + ".";
    }
}
