package io.mendel.space;

import java.util.List;

/**
 * One coordinate of a parameter space: what a number in [0, 1] means.
 *
 * @since 0.1
 */
public sealed interface Gene {

    /** Readable name, unique in its space, such as {@code math-en.weight.layers 0-1}. */
    String name();

    /** Nearest representable value of a coordinate, again in [0, 1]. */
    double snap(double coordinate);

    /**
     * A real number on a fine grid, so that near-equal recipes are equal recipes.
     *
     * @param name the gene's name
     * @param min value at 0
     * @param max value at 1, above {@code min}
     * @param step grid of the values, counted from 0
     * @param log whether equal ratios of values, not equal differences, are equally far apart
     */
    record Real(String name, double min, double max, double step, boolean log) implements Gene {
        public Real {
            if (log && !(min > 0)) {
                throw new IllegalArgumentException("The logarithmic range of " + name
                        + " must lie above 0, not [" + min + ", " + max + "].");
            }
            if (!(min < max) || !(step > 0) || !Double.isFinite(max - min)) {
                throw new IllegalArgumentException(
                        "The range of " + name + " must satisfy min < max, not [" + min + ", " + max
                                + "].");
            }
        }

        /** A number with an even scale. */
        public Real(String name, double min, double max, double step) {
            this(name, min, max, step, false);
        }

        /** The value of a coordinate. */
        public double value(double coordinate) {
            double exact = log
                    ? min * StrictMath.pow(max / min, coordinate)
                    : min + coordinate * (max - min);
            // Dividing by the grid's inverse gives the shortest decimal (0.3, not 0.30000000000000004).
            double snapped = Math.rint(exact / step) / (1 / step);
            return Math.clamp(snapped, min, max);
        }

        /** The coordinate of a value, clamped into [0, 1]. */
        public double coordinate(double value) {
            return log
                    ? Math.clamp(StrictMath.log(value / min) / StrictMath.log(max / min), 0, 1)
                    : Math.clamp((value - min) / (max - min), 0, 1);
        }

        @Override
        public double snap(double coordinate) {
            return coordinate(value(coordinate));
        }
    }

    /**
     * One of several words; the unit interval is cut into equal parts.
     *
     * @param name the gene's name
     * @param words at least one
     */
    record Choice(String name, List<String> words) implements Gene {
        public Choice {
            words = List.copyOf(words);
            if (words.isEmpty()) {
                throw new IllegalArgumentException(
                        "The gene " + name + " needs at least one word.");
            }
        }

        /** Index of the word a coordinate stands for. */
        public int index(double coordinate) {
            return Math.min((int) (coordinate * words.size()), words.size() - 1);
        }

        @Override
        public double snap(double coordinate) {
            return (index(coordinate) + 0.5) / words.size();
        }
    }
}
