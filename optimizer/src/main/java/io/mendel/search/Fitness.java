package io.mendel.search;

import java.util.Arrays;

/**
 * The objectives of an individual, all maximised, empty if it failed, and by how much it misses the constraints.
 *
 * <p>
 * Jenetics wants fitness to be ordered. The order is lexicographic with failures first, which is total, unlike dominance;
 * selection does not use it.
 */
record Fitness(double[] objectives, double violation) implements Comparable<Fitness> {

    Fitness(double[] objectives) {
        this(objectives, 0);
    }

    boolean failed() {
        return objectives.length == 0;
    }

    @Override
    public int compareTo(Fitness other) {
        return violation != other.violation
                ? Double.compare(other.violation, violation)
                : Arrays.compare(objectives, other.objectives);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Fitness that && violation == that.violation
                && Arrays.equals(objectives, that.objectives);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(objectives) + Double.hashCode(violation);
    }
}
