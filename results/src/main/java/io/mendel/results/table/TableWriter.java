package io.mendel.results.table;

import io.mendel.results.CampaignContents;
import io.mendel.results.MainScore;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import tech.tablesaw.api.Table;
import tech.tablesaw.io.csv.CsvWriteOptions;

/**
 * Writes a campaign as CSV files, UTF-8 with a header line.
 *
 * <ul>
 * <li>{@code candidates.csv}: one row per candidate: id, generation, index, origin, recipe digest, state, reason of a
 * failure, whether it is in the archive or the winner, seconds, main score, each objective, each gene;
 * <li>{@code evaluations.csv}: one row per candidate, task and metric on the search items;
 * <li>{@code items.csv}, if asked for: one row per candidate, task, metric and item, some 200 KB for each candidate of a
 * usual campaign;
 * <li>{@code history.csv}: one row per generation;
 * <li>{@code baselines.csv}: one row per baseline (the winner included), set of items, task and metric, and per objective.
 * </ul>
 *
 * <p>
 * An empty cell is a number that was not measured. All other numbers have every digit that tells them apart.
 *
 * @since 0.1
 */
public final class TableWriter {
    private TableWriter() {}

    /**
     * Writes all tables, replacing older ones file by file.
     *
     * @param store the campaign, for the scores of single items
     * @param contents everything else of the campaign
     * @param archive ids of the non-dominated candidates
     * @param main the main score
     * @param directory where to write; created if absent
     * @param items whether to write {@code items.csv}, which is renewed in any case where it exists
     * @return the files written
     * @throws IOException if a file cannot be written
     * @throws StoreException if the campaign cannot be read
     */
    public static List<Path> write(CampaignStore store, CampaignContents contents,
            Collection<Long> archive, MainScore main, Path directory, boolean items)
            throws IOException, StoreException {
        Files.createDirectories(directory);
        var tables = new ContentTables(contents, Set.copyOf(archive), main);
        var files = new ArrayList<Path>();
        for (Table table : List.of(tables.candidates(), tables.evaluations(), tables.history(),
                tables.baselines())) {
            files.add(write(table, directory));
        }
        if (items || Files.exists(directory.resolve("items.csv"))) {
            files.add(write("items", directory, out -> ItemTable.write(store, contents, out)));
        }
        return files;
    }

    private static Path write(Table table, Path directory) throws IOException, StoreException {
        return write(table.name(), directory, out -> table.write()
                .csv(CsvWriteOptions.builder(out).lineEnd("\n").build()));
    }

    private interface Content {
        void write(Writer out) throws IOException, StoreException;
    }

    private static Path write(String name, Path directory, Content content)
            throws IOException, StoreException {
        var target = directory.resolve(name + ".csv");
        var temporary = directory.resolve(name + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            try (var out = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8)) {
                content.write(out);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            return target;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
