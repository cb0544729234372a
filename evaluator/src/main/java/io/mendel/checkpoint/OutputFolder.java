package io.mendel.checkpoint;

import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.space.LateLogger;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A folder that is filled out of sight and appears at once.
 *
 * <p>
 * Files are staged in a folder beside the target, which is renamed to the target, or, if the target exists already, in
 * a hidden folder inside it, from where they are moved one by one, {@code config.json} last. A lock keeps a second
 * process from staging the same target. A process that is told to stop removes the staging folder; what a killed one left
 * there is removed by the next one.
 *
 * <p>
 * A target that is not empty is replaced only if it is evidently an earlier output of ours: all its safetensors files,
 * at least one, carry our mark, and beside them there are only files as they accompany weights.
 */
final class OutputFolder implements AutoCloseable {

    private static final System.Logger LOGGER = LateLogger.of(OutputFolder.class);
    private static final String STAGING = ".mendel-partial";
    private static final String LOCK = ".lock";
    private static final List<String> COMPANIONS = List.of(".json", ".txt", ".jinja", ".model",
            ".yml", ".yaml", ".md");

    private final Path target;
    private final boolean existed;
    private final Path staging;
    private final List<Path> createdParents;
    private final FileLock lock;
    private final ExitCleanUp atExit;
    private boolean published;

    private OutputFolder(Path target, boolean existed, Path staging, List<Path> createdParents,
            FileLock lock) {
        this.target = target;
        this.existed = existed;
        this.staging = staging;
        this.createdParents = createdParents;
        this.lock = lock;
        this.atExit = ExitCleanUp.of(this::remove);
    }

    static OutputFolder create(Path directory) throws CheckpointException {
        Path target = directory.toAbsolutePath().normalize();
        boolean existed = Files.exists(target);
        if (existed) {
            verifyReplaceable(target);
        }
        Path parent = target.getParent();
        if (parent == null) {
            throw exists(target, "The root folder cannot be replaced.");
        }
        Path staging = existed
                ? target.resolve(STAGING)
                : parent.resolve("." + target.getFileName() + STAGING);
        List<Path> createdParents = new ArrayList<>();
        try {
            createParents(parent, createdParents);
            Files.createDirectories(staging);
            FileLock lock = lock(target, staging);
            var folder = new OutputFolder(target, existed, staging, createdParents, lock);
            folder.clear();
            return folder;
        } catch (IOException e) {
            removeEmpty(createdParents);
            throw unwritable(target, e);
        }
    }

    private static void createParents(Path parent, List<Path> created) throws IOException {
        if (!Files.isDirectory(parent)) {
            Path above = parent.getParent();
            if (above != null) {
                createParents(above, created);
            }
            Files.createDirectory(parent);
            created.addFirst(parent);
        }
    }

    private static FileLock lock(Path target, Path staging)
            throws IOException, CheckpointException {
        FileChannel channel = FileChannel.open(staging.resolve(LOCK), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = null;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            LOGGER.log(Level.DEBUG, "This process is writing {0} already.", target);
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
        if (lock == null) {
            throw exists(target, "Somebody else is writing this folder right now.");
        }
        return lock;
    }

    private static void verifyReplaceable(Path target) throws CheckpointException {
        if (!Files.isDirectory(target)) {
            throw exists(target, "There is a file where the output folder should be.");
        }
        boolean marked = false;
        List<Path> files = list(target);
        for (Path file : files) {
            String name = file.getFileName().toString();
            if (name.equals(STAGING)) {
                continue;
            }
            String lower = name.toLowerCase(Locale.ROOT);
            if (Files.isRegularFile(file) && isOurs(file)) {
                marked = true;
            } else if (!Files.isRegularFile(file)
                    || COMPANIONS.stream().noneMatch(lower::endsWith)) {
                throw exists(target, "The folder holds '" + name
                        + "', which would be lost or mixed with the output.");
            }
        }
        if (!marked && files.stream().anyMatch(file -> !file.endsWith(STAGING))) {
            throw exists(target, "The folder is not empty, and not an earlier output of Mendel.");
        }
    }

    private static boolean isOurs(Path file) {
        if (!file.toString().endsWith(".safetensors")) {
            return false;
        }
        try (SafetensorsFile weights = SafetensorsFile.open(file)) {
            return ShardPlan.METADATA.equals(weights.metadata());
        } catch (CheckpointException e) {
            LOGGER.log(Level.DEBUG, "Not an earlier output.", e);
            return false;
        }
    }

    private static List<Path> list(Path directory) throws CheckpointException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw StrictJson.unreadable(directory, e);
        }
    }

    /** Where the files are written until {@link #publish()}. */
    Path staging() {
        return staging;
    }

    Path target() {
        return target;
    }

    /** Makes the staged files appear in the target and removes weights that were there before. */
    synchronized void publish() throws CheckpointException {
        try {
            Files.delete(staging.resolve(LOCK));
            sync(staging);
            if (existed) {
                for (Path file : list(target)) {
                    if (isOurs(file) || file.endsWith(ShardIndex.FILE)) {
                        Files.delete(file);
                    }
                }
                List<Path> staged = new ArrayList<>(list(staging));
                staged.sort(Comparator.comparing((Path file) -> file.endsWith("config.json")));
                for (Path file : staged) {
                    Files.move(file, target.resolve(file.getFileName()),
                            StandardCopyOption.ATOMIC_MOVE);
                }
                Files.delete(staging);
                sync(target);
            } else {
                Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
                Path parent = target.getParent();
                if (parent != null) {
                    sync(parent);
                }
            }
            published = true;
        } catch (DirectoryNotEmptyException e) {
            throw exists(target, "Somebody else has put files into the folder meanwhile.");
        } catch (IOException e) {
            throw unwritable(target, e);
        }
    }

    /** Where a platform cannot open folders, a rename is as durable as that platform makes it. */
    private static void sync(Path directory) {
        try (FileChannel channel = FileChannel.open(directory)) {
            channel.force(true);
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "Cannot sync " + directory, e);
        }
    }

    /** The exception for output that cannot be written. */
    static CheckpointException unwritable(Path path, IOException cause) {
        return new CheckpointException(
                DiskSpace.isFull(path) ? Kind.DISK_FULL : Kind.UNWRITABLE, path,
                "The output cannot be written (" + cause + ").",
                "Check the permissions and the free space, or choose another folder.", cause);
    }

    private static CheckpointException exists(Path target, String problem) {
        return new CheckpointException(Kind.EXISTS, target, problem,
                "Choose another folder, or empty this one.");
    }

    private void clear() throws IOException {
        try (Stream<Path> files = Files.walk(staging)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(staging) && !file.equals(staging.resolve(LOCK))) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void removeEmpty(List<Path> directories) {
        for (Path directory : directories) {
            try {
                Files.deleteIfExists(directory);
            } catch (IOException e) {
                LOGGER.log(Level.DEBUG, "Somebody else uses " + directory, e);
            }
        }
    }

    /** Removes the staged files and every folder made for them, unless they were published. */
    @Override
    public void close() {
        atExit.close();
        remove();
    }

    private synchronized void remove() {
        try (FileChannel channel = lock.channel()) {
            if (!published && channel.isOpen()) {
                clear();
                Files.deleteIfExists(staging.resolve(LOCK));
                Files.deleteIfExists(staging);
                removeEmpty(createdParents);
            }
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Unfinished output stays in " + staging, e);
        }
    }
}
