package io.mendel.search;

import io.mendel.space.InvalidInputException;

/**
 * The search section of a campaign is wrong.
 *
 * @since 0.1
 */
public final class SearchException extends InvalidInputException {

    /** What is wrong. */
    public enum Kind {
        /** There is no algorithm of this name. */
        ALGORITHM,
        /** There is no setting of this name. */
        KEY,
        /** A setting has the wrong type. */
        TYPE,
        /** A setting is out of range. */
        RANGE
    }

    private final Kind kind;

    SearchException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }
}
