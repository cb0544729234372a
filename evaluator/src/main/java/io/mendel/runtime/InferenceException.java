package io.mendel.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A candidate could not be run to the end: ONNX Runtime refused or ran out of memory.
 *
 * @since 0.1
 */
public final class InferenceException extends Exception {

    private static final long serialVersionUID = 1;

    InferenceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
