package io.mendel.cli;

import io.mendel.results.Evaluation;
import io.mendel.results.Outcome;
import io.mendel.results.store.CampaignStore;
import io.mendel.results.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs campaigns in processes of their own, ends them in ugly ways, and checks after each that the store is intact, that
 * no finished evaluation was lost or computed again, and at the end of a campaign that its result is that of a run
 * nobody disturbed.
 */
final class FaultRounds {

    private static final double PATIENCE_SECONDS = 5;
    private static final int BALLAST_LEFT = 40_000;

    private final Path folder;
    private final List<String> algorithms;
    private final SplittableRandom random;
    private final int hangs;
    private final boolean smallDisk;
    private final Map<End, Integer> ends = new EnumMap<>(End.class);
    private final Map<String, String> undisturbed = new HashMap<>();
    private final Map<String, Map<String, String>> calm = new HashMap<>();
    private final Map<String, Integer> failures = new TreeMap<>();
    private int campaigns;
    private int evaluations;
    private double slowestStop;

    /** How a round ends. */
    enum End {
        KILLED, TERMINATED, DISK_FULL, LEFT_ALONE
    }

    /**
     * Rounds that have not begun.
     *
     * @param folder where campaigns are; on a small file system of its own if {@code smallDisk}
     * @param algorithms the search strategies, in turn
     * @param seed decides when and how rounds end
     * @param hangs how many recipes of a hundred never finish by themselves
     * @param smallDisk whether the file system may be filled up
     */
    FaultRounds(Path folder, List<String> algorithms, long seed, int hangs, boolean smallDisk) {
        this.folder = folder;
        this.algorithms = algorithms;
        this.random = new SplittableRandom(seed);
        this.hangs = hangs;
        this.smallDisk = smallDisk;
    }

    /**
     * {@code FaultRounds ROUNDS SEED FOLDER SMALL_DISK KINDS ALGORITHM…}: {@code SMALL_DISK} is true or false, {@code KINDS} is
     * {@code all} or {@code kill}.
     */
    public static void main(String[] args) throws Exception {
        var rounds = new FaultRounds(Path.of(args[2]), List.of(args).subList(5, args.length),
                Long.parseLong(args[1]), 2, Boolean.parseBoolean(args[3]));
        rounds.run(Integer.parseInt(args[0]), args[4].equals("kill"));
        System.out.println(rounds.summary());
        System.exit(ExitCode.DONE);
    }

    String summary() {
        return String.format(Locale.ROOT,
                "rounds %s; %d campaigns finished, each equal to an undisturbed one (%s); %d evaluations, failed ones %s; "
                        + "none lost, none computed twice, every store intact; slowest stop %.1f s",
                ends, campaigns, String.join(", ", algorithms), evaluations, failures,
                slowestStop);
    }

    void run(int rounds, boolean onlyKill) throws Exception {
        int number = 0;
        boolean finished = true;
        for (int round = 0; round < rounds || !finished; round++) {
            String algorithm = algorithms.get(number % algorithms.size());
            Path directory = folder.resolve("campaign-" + number);
            End end = round >= rounds ? End.LEFT_ALONE : choose(onlyKill);
            finished = round(directory, algorithm, end);
            if (finished) {
                String expected = undisturbed(algorithm);
                if (!content(directory).equals(expected)) {
                    throw new AssertionError("The campaign " + directory + " (" + algorithm
                            + ") found something else than one that nobody disturbed:\n"
                            + difference(details(directory), calm.get(algorithm)));
                }
                count(directory);
                delete(directory);
                campaigns++;
                number++;
            }
        }
    }

    private End choose(boolean onlyKill) {
        if (onlyKill) {
            return End.KILLED;
        }
        int lot = random.nextInt(10);
        if (lot < 4) {
            return End.KILLED;
        }
        if (lot < 7) {
            return End.TERMINATED;
        }
        return lot < 9 && smallDisk ? End.DISK_FULL : lot < 9 ? End.KILLED : End.LEFT_ALONE;
    }

    private String undisturbed(String algorithm) throws Exception {
        String known = undisturbed.get(algorithm);
        if (known != null) {
            return known;
        }
        Path directory = folder.resolve("straight-" + algorithm);
        Process process = start(directory, beside("straight.journal"), algorithm, 1);
        try {
            process.waitFor();
        } finally {
            process.destroyForcibly().waitFor();
        }
        if (process.exitValue() != ExitCode.DONE) {
            throw new AssertionError("An undisturbed campaign ended with " + process.exitValue()
                    + ":\n" + Files.readString(output()));
        }
        String content = content(directory);
        undisturbed.put(algorithm, content);
        calm.put(algorithm, details(directory));
        delete(directory);
        return content;
    }

    /** Whether the campaign is finished. */
    private boolean round(Path directory, String algorithm, End end) throws Exception {
        Map<String, String> before = outcomes(directory);
        Path journal = beside("journal");
        Files.deleteIfExists(journal);
        Path ballast = folder.resolve("ballast");
        if (end == End.DISK_FULL) {
            fill(ballast);
        }
        Process process = start(directory, journal, algorithm, 1 + random.nextInt(2));
        ends.merge(end, 1, Integer::sum);
        try {
            switch (end) {
                case KILLED -> awaitWork(process, journal);
                case TERMINATED -> terminate(process, journal);
                case DISK_FULL, LEFT_ALONE -> process.waitFor();
            }
        } finally {
            process.destroyForcibly().waitFor();
            Files.deleteIfExists(ballast);
        }
        check(process, end);
        Map<String, String> after = outcomes(directory);
        for (var entry : before.entrySet()) {
            if (!entry.getValue().equals(after.get(entry.getKey()))) {
                throw new AssertionError("The evaluation " + entry + " was lost or changed.");
            }
        }
        var begun = new HashSet<String>();
        for (String line : Files.exists(journal)
                ? Files.readAllLines(journal)
                : List.<String>of()) {
            if (before.containsKey(line) || !begun.add(line)) {
                throw new AssertionError("The evaluation " + line + " was computed twice.");
            }
        }
        return finished(directory);
    }

    /** Half of the time a kill shall hit the start or the gaps between evaluations, else the work itself. */
    private void awaitWork(Process process, Path journal) throws Exception {
        if (random.nextInt(4) > 0) {
            while (process.isAlive() && !Files.exists(journal)) {
                process.waitFor(10, TimeUnit.MILLISECONDS);
            }
        }
        process.waitFor(random.nextInt(900), TimeUnit.MILLISECONDS);
    }

    private void terminate(Process process, Path journal) throws Exception {
        while (process.isAlive() && !Files.exists(journal)) {
            process.waitFor(10, TimeUnit.MILLISECONDS);
        }
        process.waitFor(random.nextInt(900), TimeUnit.MILLISECONDS);
        long start = System.nanoTime();
        process.destroy();
        process.waitFor();
        double seconds = (System.nanoTime() - start) / 1e9;
        slowestStop = Math.max(slowestStop, seconds);
        if (seconds > PATIENCE_SECONDS) {
            throw new AssertionError("A stop took " + seconds + " s.");
        }
    }

    private void check(Process process, End end) throws IOException {
        int code = process.exitValue();
        boolean expected = switch (end) {
            case KILLED -> true;
            case TERMINATED -> code == ExitCode.STOPPED || code == ExitCode.DONE;
            case DISK_FULL -> code == ExitCode.FAILED || code == ExitCode.DONE;
            case LEFT_ALONE -> code == ExitCode.DONE;
        };
        if (!expected) {
            throw new AssertionError(end + " ended with " + code + ":\n"
                    + Files.readString(output()));
        }
    }

    /** Leaves so little space that a few evaluations fit. */
    private void fill(Path ballast) throws IOException {
        long room = Files.getFileStore(folder).getUsableSpace() - random.nextInt(BALLAST_LEFT);
        try (var channel = java.nio.channels.FileChannel.open(ballast,
                java.nio.file.StandardOpenOption.CREATE,
                java.nio.file.StandardOpenOption.WRITE)) {
            var block = java.nio.ByteBuffer.allocate(4096);
            for (long written = 0; written < room; written += block.capacity()) {
                block.clear();
                channel.write(block);
            }
        }
    }

    private Process start(Path directory, Path journal, String algorithm, int workers)
            throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC", "-Dmendel.kernels=scalar", "-cp",
                System.getProperty("java.class.path"), FaultyCampaign.class.getName(),
                directory.toString(), journal.toString(), algorithm, "3",
                Integer.toString(hangs), Integer.toString(workers)));
        String nativePath = System.getProperty("onnxruntime.native.path");
        if (nativePath != null) {
            command.add(1, "-Donnxruntime.native.path=" + nativePath);
        }
        return new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(output().toFile())
                .start();
    }

    private Path output() {
        return beside("output");
    }

    /** Outside the folder, whose disk may be full. */
    private Path beside(String name) {
        return folder.resolveSibling(folder.getFileName() + "." + name);
    }

    private static Map<String, String> outcomes(Path directory) throws StoreException {
        if (!CampaignStore.exists(directory)) {
            return Map.of();
        }
        var outcomes = new HashMap<String, String>();
        try (CampaignStore store = CampaignStore.read(directory)) {
            if (!store.integrityDefects().isEmpty()) {
                throw new AssertionError(store.integrityDefects().toString());
            }
            for (var set : store.itemSets().entrySet()) {
                store.evaluations(set.getValue())
                        .forEach((digest, evaluation) -> outcomes.put(set.getKey() + " " + digest,
                                evaluation.outcome().toString()));
            }
        } catch (StoreException e) {
            // Killed before the tables were there: nothing was recorded, so nothing can be lost.
            if (e.kind() != StoreException.Kind.MISSING) {
                throw e;
            }
        }
        return outcomes;
    }

    /** Everything that the content's digest is made of, by what it is. */
    private static Map<String, String> details(Path directory) throws StoreException {
        var details = new HashMap<String, String>();
        try (CampaignStore store = CampaignStore.read(directory)) {
            for (var set : store.itemSets().entrySet()) {
                details.put("items " + set.getKey(), set.getValue());
                store.evaluations(set.getValue())
                        .forEach((digest, evaluation) -> details.put(set.getKey() + " " + digest,
                                evaluation.outcome() + items(store, evaluation)));
            }
            var contents = store.contents();
            details.put("finished", Boolean.toString(contents.finished()));
            details.put("info", contents.info().toString());
            details.put("winner", String.valueOf(contents.winner()));
            contents.candidates().forEach(c -> details.put("candidate " + c.id(), c.toString()));
            contents.history()
                    .forEach(g -> details.put("generation " + g.generation(), g.toString()));
            contents.baselines().forEach(b -> details.put("baseline " + b.name(), b.toString()));
        }
        return details;
    }

    private static String items(CampaignStore store, Evaluation evaluation) {
        try {
            var known = store.find(evaluation.key());
            return known != null && known.outcome() instanceof Outcome.Finished finished
                    ? finished.items()
                            .stream()
                            .map(item -> item + " " + Arrays.toString(item.scores()))
                            .toList()
                            .toString()
                    : "";
        } catch (StoreException e) {
            return e.toString();
        }
    }

    private static String difference(Map<String, String> found,
            @Nullable Map<String, String> expected) {
        var lines = new ArrayList<String>();
        var keys = new java.util.TreeSet<>(found.keySet());
        keys.addAll(Objects.requireNonNull(expected).keySet());
        for (String key : keys) {
            if (!Objects.equals(found.get(key), expected.get(key))) {
                lines.add(key + ": " + found.get(key) + " instead of " + expected.get(key));
            }
        }
        return lines.isEmpty() ? "everything but the digest is the same" : String.join("\n", lines);
    }

    private static boolean finished(Path directory) throws StoreException {
        if (outcomes(directory).isEmpty()) {
            return false;
        }
        try (CampaignStore store = CampaignStore.read(directory)) {
            return store.contents().finished();
        }
    }

    private static String content(Path directory) throws StoreException {
        try (CampaignStore store = CampaignStore.read(directory)) {
            return store.contentDigest();
        }
    }

    private void count(Path directory) throws StoreException {
        try (CampaignStore store = CampaignStore.read(directory)) {
            for (String items : store.itemSets().values()) {
                for (var evaluation : store.evaluations(items).values()) {
                    evaluations++;
                    if (evaluation.outcome() instanceof Outcome.Failed failed) {
                        failures.merge(failed.reason(), 1, Integer::sum);
                    }
                }
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
