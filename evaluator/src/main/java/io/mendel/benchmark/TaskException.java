package io.mendel.benchmark;

import io.mendel.space.InvalidInputException;
import java.nio.file.Path;

/**
 * A task that cannot be loaded or asked, and what to do about it.
 *
 * @since 0.1
 */
public final class TaskException extends InvalidInputException {

    /** What is wrong. */
    public enum Kind {
        /** A file does not exist or cannot be read. */
        MISSING_FILE,
        /** The task file is not a YAML mapping. */
        YAML,
        /** A field does not exist. */
        UNKNOWN_FIELD,
        /** A field or value needs something this program does not have, such as Python. */
        UNSUPPORTED,
        /** A field has a value out of its range or of another type. */
        VALUE,
        /** A line of a data file cannot be read. */
        DATA,
        /** A document has no such column. */
        COLUMN,
        /** A template cannot be read or rendered. */
        TEMPLATE
    }

    private static final long serialVersionUID = 1;

    private final Kind kind;
    private final Path path;
    private final String place;
    private final String remedy;

    TaskException(Kind kind, Path path, String place, String problem, String remedy) {
        super(problem + " (" + path + (place.isEmpty() ? "" : ", " + place) + ")\n" + remedy);
        this.kind = kind;
        this.path = path;
        this.place = place;
        this.remedy = remedy;
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }

    /** The task file, or the data file if its content is wrong. */
    public Path path() {
        return path;
    }

    /** Where in the file: a field, a line, a document; empty if the whole file is meant. */
    public String place() {
        return place;
    }

    /** What to do, as a sentence. */
    public String remedy() {
        return remedy;
    }
}
