package io.mendel.merge;

import io.mendel.space.InvalidInputException;

/**
 * A recipe cannot be merged from the models at hand.
 *
 * @since 0.1
 */
public final class MergeException extends InvalidInputException {

    private static final long serialVersionUID = 1;

    /** What is wrong, for callers that decide by it. */
    public enum Kind {
        /** The recipe names a model that was not given. */
        UNKNOWN_MODEL,
        /** The method takes more, fewer or other models. */
        MODELS,
        /** The models are of different families. */
        ARCHITECTURE,
        /** The modules of the recipe are not those of a model. */
        MODULES,
        /** A layer range leaves a model, or sources differ in depth. */
        LAYERS,
        /** A tensor is missing in a model. */
        MISSING_TENSOR,
        /** A tensor has different shapes in the models. */
        SHAPE,
        /** An element type cannot be merged. */
        DTYPE,
        /** The same id stands for different tokens, or tokenizers cannot be united. */
        VOCABULARY,
        /** A parameter is missing, out of range or contradicts others. */
        PARAMETER
    }

    private final Kind kind;

    /**
     * Describes a problem.
     *
     * @param kind what is wrong
     * @param problem what was required, what was found and where, as a sentence
     * @param remedy what to do about it, as a sentence
     */
    public MergeException(Kind kind, String problem, String remedy) {
        super(problem + "\n" + remedy);
        this.kind = kind;
    }

    /** What is wrong. */
    public Kind kind() {
        return kind;
    }
}
