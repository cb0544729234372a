package io.mendel.merge;

import io.mendel.space.MergeMethod;
import io.mendel.space.MergeMethod.Parameter;
import io.mendel.space.ParameterValue;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one output tensor, looked up as mergekit does: source, slice, recipe, default of the method.
 *
 * <p>
 * Filters of global parameters look at the output's name, those of a model's parameters at the name in that model.
 *
 * @param recipe the recipe
 * @param slice the slice the tensor belongs to
 * @param output the output's name
 * @param depth the output's place in the slice, 0 to 1
 * @param parents the inputs that count as models, in order
 */
record ResolvedParameters(Recipe recipe, Slice slice, String output, double depth,
        List<TensorInput> parents) {

    /** Whether the tensor's slice has a base. */
    boolean hasBase() {
        return slice.base() != null || recipe.base() != null;
    }

    /** A parameter of the whole merge. */
    double global(String name) throws MergeException {
        return value(name, output, null);
    }

    /** A flag of the whole merge. */
    boolean flag(String name) throws MergeException {
        return global(name) != 0;
    }

    /** A parameter of one model. */
    double of(TensorInput parent, String name) throws MergeException {
        return value(name, parent.tensor(), parent.model());
    }

    private double value(String name, String tensor, @Nullable String model) throws MergeException {
        MergeMethod method = recipe.method();
        Parameter parameter = method.parameter(name)
                .orElseThrow(
                        () -> new IllegalArgumentException(
                                "The method " + method.name() + " has no parameter " + name + "."));
        OptionalDouble found = OptionalDouble.empty();
        if (model != null) {
            found = slice.sources()
                    .stream()
                    .filter(source -> source.model().equals(model))
                    .findFirst()
                    .map(source -> lookup(source.parameters(), name, tensor))
                    .orElse(found);
        }
        if (found.isEmpty()) {
            found = lookup(slice.parameters(), name, tensor);
        }
        if (found.isEmpty()) {
            found = lookup(recipe.parameters(), name, tensor);
        }
        Double standard = parameter.defaultValue();
        if (found.isEmpty() && standard == null) {
            throw new MergeException(MergeException.Kind.PARAMETER,
                    "The method %s needs the parameter '%s'%s, but none applies to the tensor %s."
                            .formatted(
                                    method.name(), name,
                                    model == null ? "" : " of the model '" + model + "'", tensor),
                    "Write it under 'parameters', with a rule without filter for all other tensors.");
        }
        double value = found.isPresent() || standard == null ? found.getAsDouble() : standard;
        if (value < parameter.min() || value > parameter.max()) {
            throw new MergeException(MergeException.Kind.PARAMETER,
                    "The parameter '%s'%s must be between %s and %s, not %s (tensor %s).".formatted(
                            name,
                            model == null ? "" : " of the model '" + model + "'", parameter.min(),
                            parameter.max(),
                            value, tensor),
                    "It means: " + parameter.summary() + ".");
        }
        return value;
    }

    private static OptionalDouble lookup(SortedMap<String, ParameterValue> parameters, String name,
            String tensor,
            double depth) {
        ParameterValue value = parameters.get(name);
        return value == null ? OptionalDouble.empty() : value.at(tensor, depth);
    }

    private OptionalDouble lookup(SortedMap<String, ParameterValue> parameters, String name,
            String tensor) {
        return lookup(parameters, name, tensor, depth);
    }
}
