package io.mendel.benchmark.python;

/**
 * Python's {@code None} as a value, so that documents and templates never carry a Java null.
 *
 * @since 0.1
 */
public enum None {
    /** The only value. */
    NONE;

    @Override
    public String toString() {
        return "None";
    }
}
