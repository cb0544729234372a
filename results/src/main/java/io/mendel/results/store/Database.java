package io.mendel.results.store;

import io.mendel.results.store.StoreException.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

/**
 * One connection to {@code campaign.db}, used by one thread at a time; SQL failures become {@link StoreException}.
 *
 * <p>
 * The journal is write-ahead and every commit is synced to disk, unless it is a {@linkplain #quickTransaction quick} one:
 * after {@code kill -9} or a power cut the database holds exactly the committed transactions.
 */
final class Database implements AutoCloseable {
    private static final int BUSY_MILLIS = 10_000;

    /** Statements that belong together. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T run() throws SQLException, StoreException;
    }

    /** Turns the current row into a value. */
    @FunctionalInterface
    interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private final Path file;
    private final Connection connection;
    /** Statements that are not running, by their text: to prepare one takes SQLite longer than to run it. */
    private final Map<String, PreparedStatement> idle = new HashMap<>();

    private Database(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    static Database open(Path file, boolean readOnly) throws StoreException {
        var config = new SQLiteConfig();
        config.setReadOnly(readOnly);
        config.setBusyTimeout(BUSY_MILLIS);
        config.enforceForeignKeys(!readOnly);
        config.setSharedCache(false);
        if (!readOnly) {
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
            config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        }
        try {
            return new Database(file,
                    config.createConnection("jdbc:sqlite:" + address(file, readOnly)));
        } catch (SQLException e) {
            throw failure(file, e);
        }
    }

    /** The file as a SQLite URI, so that no character of the path reads as a driver option. */
    private static String address(Path file, boolean readOnly) {
        var uri = "file:" + file.toAbsolutePath().toUri().getRawPath();
        // Without its -shm file a WAL database can be read from a read-only directory only as immutable.
        boolean frozen = readOnly && !Files.isWritable(file.toAbsolutePath().getParent())
                && !Files.exists(file.resolveSibling(file.getFileName() + "-wal"));
        return frozen ? uri + "?immutable=1" : uri;
    }

    Path file() {
        return file;
    }

    /** Runs {@code work} so that all of it happens or nothing; when this returns, it is on disk. */
    <T extends @Nullable Object> T transaction(Work<T> work) throws StoreException {
        try {
            T result;
            try {
                connection.setAutoCommit(false);
                result = work.run();
                connection.commit();
            } catch (SQLException | StoreException | RuntimeException e) {
                abandon(e);
                throw e;
            }
            connection.setAutoCommit(true);
            return result;
        } catch (SQLException e) {
            throw failure(file, e);
        } catch (IllegalArgumentException e) {
            throw new StoreException(Kind.CORRUPT, file,
                    "a stored row is not what Mendel writes: " + e.getMessage(),
                    "The database was damaged or edited; restore it from a copy or start in a new directory.",
                    e);
        }
    }

    /**
     * As {@link #transaction}, without waiting for the disk: {@code kill -9} takes nothing back, a power cut may, but not
     * after a later transaction is on disk.
     */
    <T extends @Nullable Object> T quickTransaction(Work<T> work) throws StoreException {
        synchronous(SQLiteConfig.SynchronousMode.NORMAL);
        try {
            return transaction(work);
        } finally {
            synchronous(SQLiteConfig.SynchronousMode.FULL);
        }
    }

    private void synchronous(SQLiteConfig.SynchronousMode mode) throws StoreException {
        try {
            update("PRAGMA synchronous = " + mode.getValue());
        } catch (SQLException e) {
            throw failure(file, e);
        }
    }

    /** Runs one statement; parameters may be null, a String, Integer, Long, Double or byte[]. Returns the rows changed. */
    int update(String sql, @Nullable Object... parameters) throws SQLException {
        return run(sql, PreparedStatement::executeUpdate, parameters);
    }

    <T> List<T> query(String sql, RowReader<T> reader, @Nullable Object... parameters)
            throws SQLException {
        return run(sql, statement -> {
            try (var rows = statement.executeQuery()) {
                var list = new ArrayList<T>();
                while (rows.next()) {
                    list.add(reader.read(rows));
                }
                return list;
            }
        }, parameters);
    }

    <T> @Nullable T first(String sql, RowReader<T> reader, @Nullable Object... parameters)
            throws SQLException {
        var rows = query(sql, reader, parameters);
        return rows.isEmpty() ? null : rows.getFirst();
    }

    /** What is done with a statement whose parameters are set. */
    @FunctionalInterface
    private interface Use<T> {
        T of(PreparedStatement statement) throws SQLException;
    }

    private <T> T run(String sql, Use<T> use, @Nullable Object... parameters) throws SQLException {
        // Taken out of the map while it runs: what reads its rows may run the same text again.
        PreparedStatement known = idle.remove(sql);
        PreparedStatement statement = known != null ? known : connection.prepareStatement(sql);
        boolean done = false;
        try {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            T result = use.of(statement);
            statement.clearParameters();
            done = idle.putIfAbsent(sql, statement) == null;
            return result;
        } finally {
            if (!done) {
                statement.close();
            }
        }
    }

    /**
     * After a full disk SQLite has rolled back by itself and refuses to do it again; the first failure is what counts. The
     * driver leaves its transaction in any case: else it would not begin the next one, whose statements would be on disk one by
     * one.
     */
    private void abandon(Exception failure) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
    }

    static StoreException failure(Path file, SQLException e) {
        int code = e.getErrorCode() & 0xff;
        if (code == SQLiteErrorCode.SQLITE_FULL.code) {
            return new StoreException(Kind.DISK_FULL, file,
                    "the disk is full; everything finished is saved.",
                    "Free some space and go on with 'mendel resume'.", e);
        }
        if (code == SQLiteErrorCode.SQLITE_NOTADB.code
                || code == SQLiteErrorCode.SQLITE_CORRUPT.code) {
            return new StoreException(Kind.CORRUPT, file,
                    "the file is no intact SQLite database: " + e.getMessage(),
                    "Restore it from a copy, or start the campaign in a new directory.", e);
        }
        if (code == SQLiteErrorCode.SQLITE_BUSY.code
                || code == SQLiteErrorCode.SQLITE_LOCKED.code) {
            return new StoreException(Kind.LOCKED, file,
                    "another program keeps the database locked: " + e.getMessage(),
                    "Close other programs that have it open.", e);
        }
        return new StoreException(Kind.IO, file,
                "the database cannot be read or written: " + e.getMessage(),
                "Check free space and permissions of the campaign directory.", e);
    }

    @Override
    public void close() throws StoreException {
        try {
            for (PreparedStatement statement : idle.values()) {
                statement.close();
            }
            connection.close();
        } catch (SQLException e) {
            throw failure(file, e);
        }
    }
}
