package io.mendel.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Says that a computed tensor cannot be stored, where no checked exception can be thrown: while tensors are used.
 *
 * <p>
 * Whoever opens models catches it and throws its {@link #problem()}.
 *
 * @since 0.1
 */
public final class ScratchException extends UncheckedIOException {

    private static final long serialVersionUID = 1L;

    private final CheckpointException problem;

    ScratchException(CheckpointException problem) {
        super(problem.getMessage(), new IOException(problem));
        this.problem = problem;
    }

    /** What is wrong, of kind {@code DISK_FULL} or {@code UNWRITABLE}. */
    public CheckpointException problem() {
        return problem;
    }
}
