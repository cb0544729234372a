package io.mendel.search;

import java.util.Arrays;

/**
 * The objectives of an individual, all maximised; empty if it failed.
 *
 * <p>
 * Jenetics wants fitness to be ordered. The order is lexicographic with failures first, which is total, unlike dominance;
 * selection does not use it.
 */
record Fitness(double[] objectives) implements Comparable<Fitness> {

    boolean failed() {
        return objectives.length == 0;
    }

    @Override
    public int compareTo(Fitness other) {
        return Arrays.compare(objectives, other.objectives);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fitness that && Arrays.equals(objectives, that.objectives);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(objectives);
    }
}
