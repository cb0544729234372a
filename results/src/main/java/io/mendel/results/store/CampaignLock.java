package io.mendel.results.store;

import io.mendel.results.store.StoreException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The right to write a campaign: the operating system's lock on {@code campaign.lock}, gone when the process dies. */
final class CampaignLock implements AutoCloseable {
    // POSIX drops a process's lock on a file when the process closes any descriptor of it, so this process must never
    // open a lock file that it holds: it has to know which ones those are.
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();
    private static final int ATTEMPTS = 10;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Path file;
    private final FileChannel channel;

    private CampaignLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Takes the lock, or throws {@link Kind#LOCKED} if somebody else keeps it for half a second. */
    static CampaignLock take(Path directory) throws StoreException {
        var file = lockFile(directory);
        if (!HELD_HERE.add(file)) {
            throw locked(file, "this process");
        }
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                    StandardOpenOption.WRITE);
            // A status command looks at the lock by taking it for a moment, so one refusal proves nothing.
            FileLock lock = channel.tryLock();
            for (int attempt = 1; lock == null && attempt < ATTEMPTS; attempt++) {
                LockSupport.parkNanos(PAUSE_NANOS);
                lock = channel.tryLock();
            }
            if (lock == null) {
                throw locked(file, holder(channel));
            }
            channel.truncate(0)
                    .write(ByteBuffer.wrap(
                            Long.toString(ProcessHandle.current().pid())
                                    .getBytes(StandardCharsets.US_ASCII)),
                            0);
            var taken = new CampaignLock(file, channel);
            channel = null;
            return taken;
        } catch (IOException e) {
            throw new StoreException(Kind.IO, file,
                    "the lock file cannot be written: " + e.getMessage(),
                    "Make the campaign directory writable, and keep it on a file system that supports locks.",
                    e);
        } finally {
            if (channel != null) {
                closeQuietly(channel);
                HELD_HERE.remove(file);
            }
        }
    }

    /** Whether some process, this one included, holds the lock. */
    static boolean isHeld(Path directory) throws StoreException {
        if (!Files.exists(directory.resolve("campaign.lock"))) {
            return false;
        }
        var file = lockFile(directory);
        if (HELD_HERE.contains(file)) {
            return true;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ);
                var lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            return lock == null;
        } catch (IOException e) {
            throw new StoreException(Kind.IO, file,
                    "the lock file cannot be read: " + e.getMessage(),
                    "Make the campaign directory readable.", e);
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
        HELD_HERE.remove(file);
    }

    private static Path lockFile(Path directory) throws StoreException {
        try {
            return directory.toRealPath().resolve("campaign.lock");
        } catch (IOException e) {
            throw new StoreException(Kind.IO, directory,
                    "the campaign directory cannot be reached: " + e.getMessage(),
                    "Check the path and its permissions.", e);
        }
    }

    private static String holder(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(20);
        channel.read(bytes, 0);
        var pid = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
        return pid.matches("\\d+") ? "process " + pid : "another process";
    }

    private static StoreException locked(Path file, String holder) {
        return new StoreException(Kind.LOCKED, file,
                "the campaign is being worked on by " + holder + ".",
                "Wait until it ends or stop it; `mendel status` and `mendel report` work meanwhile.");
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            System.getLogger(CampaignLock.class.getName())
                    .log(System.Logger.Level.DEBUG, "closing the campaign lock", e);
        }
    }
}
