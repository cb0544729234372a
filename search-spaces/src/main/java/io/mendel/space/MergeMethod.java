package io.mendel.space;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A merge method as data: its name, what it needs and its parameters. The arithmetic lives in the evaluator.
 *
 * @param name the name used in recipes
 * @param summary one sentence
 * @param needsBase whether it works on deltas from a base model
 * @param minModels fewest models it takes, the base not counted (slerp counts its base, which is a parent)
 * @param maxModels most models it takes
 * @param parameters global and per-model parameters
 * @param reference the paper it comes from
 * @param notes how it differs from mergekit's method of this name, and why; empty if it does not
 * @since 0.1
 */
public record MergeMethod(String name, String summary, boolean needsBase, int minModels,
        int maxModels,
        List<Parameter> parameters, String reference, String notes) {

    public MergeMethod {
        parameters = List.copyOf(parameters);
    }

    /** A method of which there is nothing to note. */
    public MergeMethod(String name, String summary, boolean needsBase, int minModels, int maxModels,
            List<Parameter> parameters, String reference) {
        this(name, summary, needsBase, minModels, maxModels, parameters, reference, "");
    }

    /** Where a parameter is written: once for the merge, or for each model. */
    public enum Scope {
        GLOBAL, MODEL
    }

    /** Number or flag. */
    public enum Type {
        NUMBER, FLAG
    }

    /**
     * A parameter of a method.
     *
     * @param name the name used in recipes
     * @param scope where it is written
     * @param type number or flag
     * @param defaultValue value if it is not written; null if it must be written
     * @param min smallest allowed value
     * @param max largest allowed value
     * @param summary what it does
     */
    public record Parameter(String name, Scope scope, Type type, @Nullable Double defaultValue,
            double min, double max,
            String summary) {}

    /** The parameter of this name. */
    public Optional<Parameter> parameter(String parameterName) {
        return parameters.stream().filter(p -> p.name().equals(parameterName)).findFirst();
    }

    /** Whether the method has a parameter of this name. */
    public boolean has(String parameterName) {
        return parameter(parameterName).isPresent();
    }
}
