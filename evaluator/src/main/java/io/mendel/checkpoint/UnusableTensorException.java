package io.mendel.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Says that a tensor cannot be used where no checked exception can be thrown: a computed one that cannot be stored, or one
 * that is not finite.
 *
 * <p>
 * Whoever opens models catches it and throws its {@link #problem()}.
 *
 * @since 0.1
 */
public final class UnusableTensorException extends UncheckedIOException {

    private static final long serialVersionUID = 1L;

    private final CheckpointException problem;

    UnusableTensorException(CheckpointException problem) {
        super(problem.getMessage(), new IOException(problem));
        this.problem = problem;
    }

    /** What is wrong, of kind {@code DISK_FULL}, {@code UNWRITABLE} or {@code NOT_FINITE}. */
    public CheckpointException problem() {
        return problem;
    }
}
