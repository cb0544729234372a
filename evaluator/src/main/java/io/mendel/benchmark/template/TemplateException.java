package io.mendel.benchmark.template;

/**
 * A template that cannot be read or rendered.
 *
 * @since 0.1
 */
public final class TemplateException extends Exception {

    private static final long serialVersionUID = 1;

    private final String problem;
    private final int offset;
    private final boolean undefined;

    TemplateException(String message, int offset) {
        this(message, offset, false);
    }

    TemplateException(String message, int offset, boolean undefined) {
        super(message);
        this.problem = message;
        this.offset = offset;
        this.undefined = undefined;
    }

    /** Whether the template used a name or element that does not exist. */
    public boolean undefined() {
        return undefined;
    }

    /** What is wrong, the same as the message. */
    public String problem() {
        return problem;
    }

    /** Where in the template's source, in characters from its start. */
    public int offset() {
        return offset;
    }
}
