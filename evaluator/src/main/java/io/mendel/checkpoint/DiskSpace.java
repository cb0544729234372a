package io.mendel.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much can still be written. */
final class DiskSpace {

    /** Writing fails with less than this only because nothing is left: the text of the failure depends on the system. */
    private static final long NOTHING = 1 << 16;

    private DiskSpace() {}

    /** Free bytes where a path is or will be; as many as can be if that is unknown. */
    static long free(Path path) {
        try {
            return Files.getFileStore(TemporaryFolder.near(path)).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    static boolean isFull(Path path) {
        return free(path) < NOTHING;
    }
}
