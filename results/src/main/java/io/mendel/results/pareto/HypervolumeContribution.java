package io.mendel.results.pareto;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How much hypervolume would be lost without each point of a front.
 *
 * @since 0.1
 */
public final class HypervolumeContribution {
    private HypervolumeContribution() {}

    /**
     * The exclusive volume of each point.
     *
     * <p>
     * Time O(n log n) for two objectives, O(n² log n) for three.
     *
     * @param front vectors that are maximised, finite, as long as the reference, none dominating another
     * @param reference the worst corner, finite
     * @return at least 0 for each point; 0 for points that occur twice
     */
    public static double[] of(List<double[]> front, double[] reference) {
        if (reference.length == 2) {
            return strips(front, reference);
        }
        double whole = Hypervolume.of(front, reference);
        var contributions = new double[front.size()];
        for (int i = 0; i < contributions.length; i++) {
            var others = new ArrayList<>(front);
            others.remove(i);
            contributions[i] = Math.max(0, whole - Hypervolume.of(others, reference));
        }
        return contributions;
    }

    private static double[] strips(List<double[]> front, double[] reference) {
        int[] order = IntStream.range(0, front.size())
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> front.get(i)[0])
                        .thenComparingDouble(i -> -front.get(i)[1]))
                .mapToInt(Integer::intValue)
                .toArray();
        var contributions = new double[order.length];
        for (int k = 0; k < order.length; k++) {
            double[] point = front.get(order[k]);
            double left = k > 0 ? front.get(order[k - 1])[0] : reference[0];
            double below = k + 1 < order.length ? front.get(order[k + 1])[1] : reference[1];
            contributions[order[k]] = Math.max(0, point[0] - Math.max(left, reference[0]))
                    * Math.max(0, point[1] - Math.max(below, reference[1]));
        }
        return contributions;
    }
}
