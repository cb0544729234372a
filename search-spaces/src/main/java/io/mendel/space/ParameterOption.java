package io.mendel.space;

import java.util.List;

/**
 * A parameter of merge methods, other than weight and density, that is searched: one gene, which has no effect where the
 * chosen method lacks the parameter.
 *
 * @since 0.1
 */
public sealed interface ParameterOption {

    /** The parameter's name, such as {@code lambda}. */
    String parameter();

    /**
     * One of several words, for flags {@code true} and {@code false}.
     *
     * @param parameter the parameter's name
     * @param words at least two
     */
    record Words(String parameter, List<String> words) implements ParameterOption {
        public Words {
            words = List.copyOf(words);
            if (words.size() < 2) {
                throw new IllegalArgumentException(
                        "The option " + parameter + " needs at least two words, not " + words
                                + ".");
            }
        }
    }

    /**
     * A number, the same for all models.
     *
     * @param parameter the parameter's name
     * @param min smallest value
     * @param max largest value, above {@code min}
     * @param step grid of the values, above 0
     * @param log whether equal ratios are equally far apart; {@code min} is above 0 then
     */
    record Numeric(String parameter, double min, double max, double step,
            boolean log) implements ParameterOption {
        public Numeric {
            // The gene checks the range.
            var checked = new Gene.Real(parameter, min, max, step, log);
            parameter = checked.name();
        }
    }

    /** The gene. */
    default Gene gene() {
        return switch (this) {
            case Words(String name, List<String> words) -> new Gene.Choice(name, words);
            case Numeric(String name, double min, double max, double step, boolean log) ->
                new Gene.Real(name, min, max, step, log);
        };
    }

    /**
     * The parameter's value.
     *
     * @param described the parameter as the method has it
     * @param coordinate the gene's coordinate
     */
    default double value(MergeMethod.Parameter described, double coordinate) {
        return switch (gene()) {
            case Gene.Real real ->
                Math.clamp(real.value(coordinate), described.min(), described.max());
            case Gene.Choice choice ->
                value(described, choice.words().get(choice.index(coordinate)));
        };
    }

    private static double value(MergeMethod.Parameter described, String word) {
        return switch (described.type()) {
            case FLAG -> word.equals("true") ? 1 : 0;
            case CHOICE -> Math.max(0, described.words().indexOf(word));
            case NUMBER -> Double.parseDouble(word);
        };
    }

    /**
     * Checks the option against the methods of a space.
     *
     * @throws IllegalArgumentException if no method has the parameter or one does not take a value
     */
    default void requireKnown(List<MergeMethod> methods) {
        var described = methods.stream().flatMap(m -> m.parameter(parameter()).stream()).toList();
        if (described.isEmpty() || parameter().equals("weight") || parameter().equals("density")) {
            throw new IllegalArgumentException("None of the methods "
                    + methods.stream().map(MergeMethod::name).toList()
                    + " has an optional parameter " + parameter() + ".");
        }
        if (this instanceof Words(String name, List<String> words)) {
            for (String word : words) {
                if (described.stream().noneMatch(d -> takes(d, word))) {
                    throw new IllegalArgumentException(
                            "The parameter " + name + " does not take the value " + word + ".");
                }
            }
        } else if (described.stream().anyMatch(d -> d.type() != MergeMethod.Type.NUMBER)) {
            throw new IllegalArgumentException(
                    "The parameter " + parameter() + " takes words, not a range of numbers.");
        }
    }

    private static boolean takes(MergeMethod.Parameter described, String word) {
        return switch (described.type()) {
            case FLAG -> word.equals("true") || word.equals("false");
            case CHOICE -> described.words().contains(word);
            case NUMBER ->
                word.matches("-?\\d+(\\.\\d+)?") && Double.parseDouble(word) >= described.min()
                        && Double.parseDouble(word) <= described.max();
        };
    }
}
