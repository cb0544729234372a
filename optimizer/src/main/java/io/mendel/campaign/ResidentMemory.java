package io.mendel.campaign;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much memory this process holds by itself: heap, native buffers, caches of the runtime. Files that are merely mapped,
 * such as the parents' weights, do not count: the system may drop them at any time.
 */
final class ResidentMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String FIELD = "RssAnon:";

    private ResidentMemory() {}

    /** Whether the operating system tells. */
    static boolean isKnown() {
        return Files.isReadable(STATUS) && bytes() > 0;
    }

    /** Bytes now; 0 if the operating system does not tell. */
    static long bytes() {
        try {
            for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith(FIELD)) {
                    return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            return 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
