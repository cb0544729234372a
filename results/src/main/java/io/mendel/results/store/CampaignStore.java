package io.mendel.results.store;

import io.mendel.results.Amendment;
import io.mendel.results.Arrival;
import io.mendel.results.Baseline;
import io.mendel.results.CampaignContents;
import io.mendel.results.CampaignInfo;
import io.mendel.results.CampaignState;
import io.mendel.results.Candidate;
import io.mendel.results.Evaluation;
import io.mendel.results.EvaluationKey;
import io.mendel.results.GenerationSummary;
import io.mendel.results.ItemScores;
import io.mendel.results.LayerRuns;
import io.mendel.results.ObjectiveDefinition;
import io.mendel.results.RacingSavings;
import io.mendel.results.Winner;
import io.mendel.results.store.StoreException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The memory of a campaign, {@code DIR/campaign.db}: what was proposed, what it scored, what came out.
 *
 * <p>
 * A campaign has one writer at a time, in one process; any number of readers may look on. What a {@code record} method
 * got survives {@code kill -9} when the method returns, and power cuts too, but for candidates and generations, which a
 * search repeats from evaluations: these do when the next evaluation is recorded. Recording the same thing again does
 * nothing. The content does not depend on the order in which worker threads record. All methods are thread-safe.
 *
 * @since 0.1
 */
public final class CampaignStore implements AutoCloseable {
    /**
     * The role of the items that the search scores candidates on, see {@link #recordItemSet}; further ones, such as
     * {@code search-1}, take turns with them.
     */
    public static final String SEARCH_ITEMS = "search";

    private final Path directory;
    private final Database database;
    private final @Nullable CampaignLock lock;
    private final CampaignTables tables;
    private final EvaluationTable evaluations;
    private final ArrivalTable arrivals;
    private final AmendmentTable amendments;
    private final int version;
    private final CampaignInfo info;

    CampaignStore(Path directory, Database database, @Nullable CampaignLock lock,
            CampaignInfo info) throws StoreException {
        this.directory = directory;
        this.database = database;
        this.lock = lock;
        this.tables = new CampaignTables(database);
        this.version = StoreOpening.version(database);
        this.evaluations = new EvaluationTable(database, version >= Schema.WITH_RACING);
        this.arrivals = new ArrivalTable(database);
        this.amendments = new AmendmentTable(database);
        this.info = info;
    }

    /** Whether a directory holds a campaign database, intact or not. */
    public static boolean exists(Path directory) {
        return Files.exists(databaseFile(directory));
    }

    /**
     * Creates a campaign for writing, or opens it if the directory holds this very campaign already.
     *
     * @param directory the campaign directory; created if absent
     * @throws StoreException of kind LOCKED, DIFFERENT, CORRUPT, FOREIGN, VERSION or IO
     */
    public static CampaignStore start(Path directory, CampaignInfo info) throws StoreException {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StoreException(Kind.IO, directory,
                    "the campaign directory cannot be created: " + e.getMessage(),
                    "Choose another directory with --dir.", e);
        }
        var store = StoreOpening.forWriting(directory, info);
        if (!store.info.equals(info)) {
            store.close();
            throw new StoreException(Kind.DIFFERENT, directory,
                    "the directory holds another campaign: "
                            + StoreOpening.difference(store.info, info),
                    "Choose another directory with --dir, or run the campaign file that is frozen in this one.");
        }
        return store;
    }

    /**
     * Opens an existing campaign for writing.
     *
     * @throws StoreException of kind MISSING, LOCKED, CORRUPT, FOREIGN, VERSION or IO
     */
    public static CampaignStore resume(Path directory) throws StoreException {
        StoreOpening.requireDatabase(directory);
        return StoreOpening.forWriting(directory, null);
    }

    /**
     * Opens an existing campaign for reading, also while another process writes it; recording is refused.
     *
     * @throws StoreException of kind MISSING, CORRUPT, FOREIGN, VERSION or IO
     */
    public static CampaignStore read(Path directory) throws StoreException {
        StoreOpening.requireDatabase(directory);
        return StoreOpening.forReading(directory);
    }

    /**
     * Hands recipes to a campaign, also while another process works on it; they wait there for the next generation.
     *
     * @return how many of them are new
     * @throws StoreException of kind MISSING, CORRUPT, FOREIGN, VERSION, LOCKED, DISK_FULL or IO
     */
    public static int enqueue(Path directory, List<Arrival> recipes) throws StoreException {
        StoreOpening.requireDatabase(directory);
        // No campaign lock: SQLite lets writers of short transactions take turns.
        try (var database = Database.open(databaseFile(directory), false)) {
            StoreOpening.checked(database, directory);
            if (StoreOpening.version(database) < Schema.WITH_ARRIVALS) {
                throw new StoreException(Kind.VERSION, databaseFile(directory),
                        "the database was written by an older Mendel.",
                        "Go on with 'mendel resume' once, which brings it up to date.");
            }
            var table = new ArrivalTable(database);
            return database.transaction(() -> {
                int fresh = 0;
                for (var recipe : recipes) {
                    fresh += table.insert(recipe) ? 1 : 0;
                }
                return fresh;
            });
        }
    }

    static Path databaseFile(Path directory) {
        return directory.resolve("campaign.db");
    }

    /** What the campaign is. */
    public CampaignInfo info() {
        return info;
    }

    /** Whether the campaign is finished, is being worked on by a live process, or waits. */
    public synchronized CampaignState state() throws StoreException {
        if (database.transaction(this::isFinished)) {
            return CampaignState.FINISHED;
        }
        return lock != null || CampaignLock.isHeld(directory)
                ? CampaignState.RUNNING
                : CampaignState.PAUSED;
    }

    /**
     * Fixes which items a role such as {@link #SEARCH_ITEMS}, {@code validation} or {@code test} stands for.
     *
     * @throws StoreException of kind CONFLICT if the role stands for other items already
     */
    public void recordItemSet(String role, String digest) throws StoreException {
        write(() -> tables.insertItemSet(role, digest));
    }

    /** The digests of the item sets by role. */
    public synchronized SortedMap<String, String> itemSets() throws StoreException {
        return database.transaction(tables::itemSets);
    }

    /**
     * Records candidates, all or none of them.
     *
     * @throws StoreException of kind CONFLICT if an id, or a place in a generation, belongs to another candidate
     */
    public void recordCandidates(List<Candidate> candidates) throws StoreException {
        writeQuickly(() -> {
            for (var candidate : candidates) {
                tables.insert(candidate);
            }
        });
    }

    /** All candidates, sorted by id. */
    public synchronized List<Candidate> candidates() throws StoreException {
        return database.transaction(tables::candidates);
    }

    /** The candidates of a generation, sorted by index. */
    public synchronized List<Candidate> candidates(int generation) throws StoreException {
        return database.transaction(() -> tables.candidates(generation));
    }

    /**
     * Records an evaluation; when this returns, it is on disk. One that was given up early is replaced by one that went
     * further.
     *
     * @throws StoreException of kind CONFLICT if another outcome is stored under the key
     */
    public void record(Evaluation evaluation) throws StoreException {
        write(() -> evaluations.insert(evaluation));
    }

    /** The evaluation under a key with the scores of its items, or null if there is none. */
    public synchronized @Nullable Evaluation find(EvaluationKey key) throws StoreException {
        return database.<@Nullable Evaluation>transaction(() -> evaluations.find(key));
    }

    /** The evaluation under a key without the scores of its items, or null if there is none. */
    public synchronized @Nullable Evaluation findScores(EvaluationKey key) throws StoreException {
        return database.<@Nullable Evaluation>transaction(() -> evaluations.find(key, false));
    }

    /** The scores of single items under a key in a few metrics, without anything else; none if there is no evaluation. */
    public synchronized List<ItemScores> findItems(EvaluationKey key,
            Collection<ObjectiveDefinition> objectives) throws StoreException {
        return database.transaction(() -> evaluations.items(key, objectives));
    }

    /**
     * The evaluations on one item set under the campaign's settings by recipe digest, without the scores of single items.
     */
    public synchronized SortedMap<String, Evaluation> evaluations(String itemSetDigest)
            throws StoreException {
        return database.transaction(() -> evaluationsOf(itemSetDigest));
    }

    /**
     * Records how far the search had come.
     *
     * @throws StoreException of kind CONFLICT if the generation ended differently before
     */
    public void record(GenerationSummary summary) throws StoreException {
        writeQuickly(() -> tables.insert(summary));
    }

    /** Records a baseline; it replaces the one of the same name. */
    public void record(Baseline baseline) throws StoreException {
        write(() -> tables.put(baseline));
    }

    /** Records the winner, one of the recorded candidates; it replaces the former one. */
    public void record(Winner winner) throws StoreException {
        write(() -> tables.put(winner));
    }

    /** Marks the campaign as finished or, if its budget grew, as unfinished. */
    public void markFinished(boolean finished) throws StoreException {
        write(() -> database.update("UPDATE campaign SET finished = ?", finished ? 1 : 0));
    }

    /** The recipes handed to the search, in the order of their arrival. */
    public synchronized List<Arrival> arrivals() throws StoreException {
        return hasArrivals() ? database.transaction(arrivals::all) : List.of();
    }

    /** Records recipes that enter the search in a given generation; known ones stay as they are. */
    public void recordArrivals(List<Arrival> recipes) throws StoreException {
        write(() -> {
            for (var recipe : recipes) {
                arrivals.insert(recipe);
            }
        });
    }

    /**
     * Lets all waiting recipes enter a generation.
     *
     * @return everything that enters it, those included that did so when the generation ran before
     */
    public synchronized List<Arrival> admit(int generation) throws StoreException {
        requireWriter();
        return database.transaction(() -> arrivals.admit(generation));
    }

    /**
     * Lets all waiting recipes enter the generation after the last.
     *
     * @return everything that enters this generation or would have entered a later one
     */
    public synchronized List<Arrival> admitRest(int generation) throws StoreException {
        requireWriter();
        return database.transaction(() -> {
            arrivals.admit(generation);
            return arrivals.from(generation);
        });
    }

    /** The values of the campaign file that were changed since, in the order of the changes. */
    public synchronized List<Amendment> amendments() throws StoreException {
        return hasArrivals() ? database.transaction(amendments::all) : List.of();
    }

    /** Records changed values and {@linkplain #rewind rewinds}, since they may change what the search does. */
    public void amend(List<Amendment> changes) throws StoreException {
        write(() -> {
            for (var change : changes) {
                amendments.insert(change);
            }
            tables.deleteSearch();
        });
    }

    /**
     * Forgets candidates, generations and winner, all of which a search repeats from the evaluations, which stay. What
     * follows may differ from what was: a larger budget, another recipe in the queue.
     */
    public void rewind() throws StoreException {
        write(tables::deleteSearch);
    }

    /** Records the time worked on the campaign, all sessions together; a timing. */
    public void recordElapsed(Duration elapsed) throws StoreException {
        write(() -> database.update("UPDATE campaign SET seconds = ?", elapsed.toNanos() / 1e9));
    }

    /** Adds what a session ran and saved to what earlier sessions did; a cost, no part of the content. */
    public void recordLayerRuns(LayerRuns session) throws StoreException {
        write(() -> tables.add(session));
    }

    /** Records where relative paths of the campaign file start; a place, no part of the content. */
    public void recordFolder(Path folder) throws StoreException {
        write(() -> database.update("UPDATE campaign SET folder = ?",
                folder.toAbsolutePath().normalize().toString()));
    }

    /** Where relative paths of the campaign file start; the campaign directory if it was never recorded. */
    public synchronized Path folder() throws StoreException {
        String folder = database.<@Nullable String>transaction(
                () -> database.first("SELECT folder FROM campaign", row -> row.getString(1)));
        return folder == null || folder.isEmpty() ? directory : Path.of(folder);
    }

    /** Everything but the scores of single items, as of one moment. */
    public synchronized CampaignContents contents() throws StoreException {
        return database.transaction(() -> {
            var outcomes = new TreeMap<String, Evaluation>();
            for (var items : searched()) {
                evaluationsOf(items).forEach(outcomes::putIfAbsent);
            }
            return new CampaignContents(info, isFinished(), tables.candidates(), outcomes,
                    tables.history(), tables.baselines(), tables.winner(), worked(),
                    tables.layerRuns(), evaluations.racing(searched()));
        });
    }

    /** The time worked on the campaign, all sessions together. */
    public synchronized Duration elapsed() throws StoreException {
        return database.transaction(this::worked);
    }

    /** What racing saved on the search items. */
    public synchronized RacingSavings racing() throws StoreException {
        return database.transaction(() -> evaluations.racing(searched()));
    }

    /**
     * Digest of everything except timings, in the order of the keys: equal for two runs that found the same.
     *
     * @return 64 hexadecimal digits
     */
    public synchronized String contentDigest() throws StoreException {
        return database.transaction(() -> {
            var digest = new ContentDigest();
            digest.add("campaign", info, isFinished(), tables.itemSets());
            tables.candidates().forEach(digest::add);
            for (var key : evaluations.keys()) {
                digest.add(Objects.requireNonNull(evaluations.find(key), "evaluation"));
            }
            digest.add("history", tables.history(), tables.baselines());
            var winner = tables.winner();
            digest.add("winner", winner == null ? "none" : winner);
            if (hasArrivals() && !(arrivals.all().isEmpty() && amendments.all().isEmpty())) {
                digest.add("arrivals", arrivals.all(), amendments.all());
            }
            return digest.hex();
        });
    }

    /**
     * Reads the whole database and reports damage.
     *
     * @return what SQLite found, one line for each defect; empty if the database is intact
     */
    public synchronized List<String> integrityDefects() throws StoreException {
        var lines = database.transaction(
                () -> database.query("PRAGMA integrity_check", row -> row.getString(1)));
        return lines.equals(List.of("ok")) ? List.of() : lines;
    }

    @Override
    public synchronized void close() throws StoreException {
        try {
            database.close();
        } finally {
            if (lock != null) {
                lock.close();
            }
        }
    }

    private static boolean isSearch(String role) {
        return role.equals(SEARCH_ITEMS) || role.startsWith(SEARCH_ITEMS + "-");
    }

    /** The digests of the item sets that the search scores candidates on, in the order of their roles. */
    private List<String> searched() throws SQLException {
        return tables.itemSets()
                .entrySet()
                .stream()
                .filter(items -> isSearch(items.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private Duration worked() throws SQLException {
        return Duration.ofNanos(Math.round(number("SELECT seconds FROM campaign") * 1e9));
    }

    private boolean hasArrivals() {
        return version >= Schema.WITH_ARRIVALS;
    }

    private boolean isFinished() throws SQLException {
        return number("SELECT finished FROM campaign") != 0;
    }

    private double number(String sql) throws SQLException {
        var value = database.first(sql, row -> row.getDouble(1));
        return value == null ? 0 : value;
    }

    private SortedMap<String, Evaluation> evaluationsOf(String itemSetDigest) throws SQLException {
        var map = new TreeMap<String, Evaluation>();
        for (var evaluation : evaluations.onItems(itemSetDigest, info.settingsDigest())) {
            map.put(evaluation.key().recipeDigest(), evaluation);
        }
        return map;
    }

    /** Something to write in one transaction. */
    @FunctionalInterface
    private interface Writing {
        void run() throws SQLException, StoreException;
    }

    private void requireWriter() {
        if (lock == null) {
            throw new IllegalStateException(
                    "The campaign " + database.file() + " was opened for reading only.");
        }
    }

    private synchronized void write(Writing writing) throws StoreException {
        requireWriter();
        database.transaction(() -> done(writing));
    }

    private synchronized void writeQuickly(Writing writing) throws StoreException {
        requireWriter();
        database.quickTransaction(() -> done(writing));
    }

    private static boolean done(Writing writing) throws SQLException, StoreException {
        writing.run();
        return true;
    }
}
