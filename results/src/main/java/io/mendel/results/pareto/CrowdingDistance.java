package io.mendel.results.pareto;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How much room a point of a front has between its neighbours.
 *
 * <p>
 * For each objective, the distance between the next smaller and the next larger value, divided by the range of the
 * front; summed over the objectives. Deb et al., NSGA-II, 2002,
 * <a href="https://doi.org/10.1109/4235.996017">10.1109/4235.996017</a>. Time O(m·n·log n).
 *
 * @since 0.1
 */
public final class CrowdingDistance {
    private CrowdingDistance() {}

    /**
     * The crowding distance of each member of one front.
     *
     * <p>
     * The points that are extreme in an objective have infinite distance; among equals, the first and the last in
     * {@code members} are the extremes. An objective in which all members agree adds nothing and has no extremes, unless
     * all objectives are such: then the first member alone is extreme.
     *
     * @param points vectors of one length, without NaN
     * @param members indices into {@code points}, all of one front
     * @return one distance, at least 0, for each member in the order of {@code members}
     */
    public static double[] of(List<double[]> points, int[] members) {
        var distance = new double[members.length];
        if (members.length == 0) {
            return distance;
        }
        boolean spread = false;
        int objectives = points.get(members[0]).length;
        for (int m = 0; m < objectives; m++) {
            spread |= addObjective(points, members, m, distance);
        }
        if (!spread) {
            distance[0] = Double.POSITIVE_INFINITY;
        }
        return distance;
    }

    private static boolean addObjective(List<double[]> points, int[] members, int objective,
            double[] distance) {
        var values = Arrays.stream(members).mapToDouble(i -> points.get(i)[objective]).toArray();
        int[] order = IntStream.range(0, members.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> values[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        int last = order.length - 1;
        double range = values[order[last]] - values[order[0]];
        if (!(range > 0)) {
            return false;
        }
        distance[order[0]] = Double.POSITIVE_INFINITY;
        distance[order[last]] = Double.POSITIVE_INFINITY;
        for (int k = 1; k < last; k++) {
            distance[order[k]] += (values[order[k + 1]] - values[order[k - 1]]) / range;
        }
        return true;
    }
}
