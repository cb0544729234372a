package io.mendel.results.store;

import io.mendel.space.InvalidInputException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A campaign store that cannot be opened, read or written; the message names the file and a remedy.
 *
 * @since 0.1
 */
public final class StoreException extends InvalidInputException {
    private static final long serialVersionUID = 1;

    /**
     * What is wrong.
     *
     * @since 0.1
     */
    public enum Kind {
        /** There is no campaign here. */
        MISSING,
        /** Another process, or another part of this one, works on the campaign. */
        LOCKED,
        /** The file is no SQLite database or is damaged. */
        CORRUPT,
        /** The file is a database of another program. */
        FOREIGN,
        /** The file was written by another version of Mendel. */
        VERSION,
        /** The directory holds another campaign. */
        DIFFERENT,
        /** A different result is already stored under the same key. */
        CONFLICT,
        /** The file system refused. */
        IO,
        /** There is no space left; what was recorded before is safe. */
        DISK_FULL
    }

    private final Kind kind;
    private final transient Path path;

    StoreException(Kind kind, Path path, String what, String remedy) {
        this(kind, path, what, remedy, null);
    }

    StoreException(Kind kind, Path path, String what, String remedy,
            @Nullable Throwable cause) {
        super(path + ": " + what + "\n" + remedy, cause);
        this.kind = kind;
        this.path = path;
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }

    /** The file or directory concerned. */
    public Path path() {
        return path;
    }
}
