package io.mendel.checkpoint;

import io.mendel.space.InvalidInputException;
import java.nio.file.Path;

/**
 * Says why a checkpoint, an adapter or an output folder cannot be used.
 *
 * <p>
 * The message names the file, then the tensor, field or byte offset, then what was required and found, and ends with a
 * line that says what to do.
 *
 * @since 0.1
 */
public final class CheckpointException extends InvalidInputException {

    private static final long serialVersionUID = 1L;

    /** What is wrong, for callers that decide by it. */
    public enum Kind {
        /** A file, folder or tensor that is needed does not exist. */
        MISSING,
        /** A file cannot be read. */
        UNREADABLE,
        /** A file ends before the data it announces. */
        TRUNCATED,
        /** The header of a safetensors file is malformed. */
        HEADER,
        /** The header of a safetensors file is larger than the format allows. */
        HEADER_TOO_LARGE,
        /** The same name occurs twice. */
        DUPLICATE,
        /** An element type is unknown, or not allowed here. */
        DTYPE,
        /** A shape is malformed, or not the one that is needed. */
        SHAPE,
        /** Byte ranges overlap, leave holes, leave the file, or differ from shape × element size. */
        OFFSETS,
        /** The shard index is malformed or contradicts the shards. */
        INDEX,
        /** A path or symbolic link leaves the checkpoint's folder. */
        PATH_ESCAPE,
        /** The weights exist only as Python pickles, which are never loaded. */
        PICKLE_ONLY,
        /** {@code config.json} is malformed or contradicts itself. */
        CONFIG,
        /** The architecture, or one of its options, is not supported. */
        UNSUPPORTED,
        /** The tensors are not those the configuration demands. */
        WEIGHTS,
        /** A weight is NaN or infinite. */
        NOT_FINITE,
        /** An adapter is malformed or does not fit its base. */
        ADAPTER,
        /** A tokenizer is malformed or not supported. */
        TOKENIZER,
        /** The output folder already holds something that must not be overwritten. */
        EXISTS,
        /** Writing failed. */
        UNWRITABLE,
        /** There is no space left for what has to be written. */
        DISK_FULL
    }

    private final Kind kind;
    private final transient Path path;

    /**
     * Describes a problem.
     *
     * @param kind what is wrong
     * @param path the file or folder concerned; the message starts with it
     * @param problem what was required, the value found and where, as a sentence
     * @param remedy what the user can do, as a sentence
     */
    public CheckpointException(Kind kind, Path path, String problem, String remedy) {
        super(message(path, problem, remedy));
        this.kind = kind;
        this.path = path;
    }

    /**
     * Describes a problem that another exception reported.
     *
     * @param kind what is wrong
     * @param path the file or folder concerned; the message starts with it
     * @param problem what was required, the value found and where, as a sentence
     * @param remedy what the user can do, as a sentence
     * @param cause the exception that reported it
     */
    public CheckpointException(Kind kind, Path path, String problem, String remedy,
            Throwable cause) {
        super(message(path, problem, remedy), cause);
        this.kind = kind;
        this.path = path;
    }

    private static String message(Path path, String problem, String remedy) {
        return path + ": " + problem + "\n" + remedy;
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }

    /** The file or folder concerned. */
    public Path path() {
        return path;
    }
}
