package io.mendel.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Makes objectives comparable as NSGA-III does: 0 is the best value ever seen, 1 lies where the plane through the extreme
 * points meets the axis.
 *
 * <p>
 * K. Deb and H. Jain, <em>An evolutionary many-objective optimization algorithm using reference-point-based nondominated
 * sorting approach, part I</em>, 2014, algorithm 2. Costs here are negated objectives.
 */
final class ObjectiveScale {
    private static final double OFF_AXIS = 1e-6;

    private double[] ideal = {};
    private List<double[]> extremes = List.of();

    /**
     * Normalised costs.
     *
     * @param costs objectives, minimised
     * @param front the non-dominated ones among them, whose worst values help out where the plane is degenerate
     */
    List<double[]> normalise(List<double[]> costs, List<double[]> front) {
        int m = costs.getFirst().length;
        if (ideal.length == 0) {
            ideal = costs.getFirst().clone();
        }
        for (double[] cost : costs) {
            for (int i = 0; i < m; i++) {
                ideal[i] = Math.min(ideal[i], cost[i]);
            }
        }
        extremes = extremes(front, m);
        double[] nadir = nadir(front, m);
        var normalised = new ArrayList<double[]>();
        for (double[] cost : costs) {
            var scaled = new double[m];
            for (int i = 0; i < m; i++) {
                scaled[i] = (cost[i] - ideal[i]) / Math.max(1e-12, nadir[i] - ideal[i]);
            }
            normalised.add(scaled);
        }
        return normalised;
    }

    /** For each axis the point that is nearest to it, new ones or those of before. */
    private List<double[]> extremes(List<double[]> front, int m) {
        var rivals = new ArrayList<>(extremes);
        rivals.addAll(front);
        var nearest = new ArrayList<double[]>();
        for (int axis = 0; axis < m; axis++) {
            double least = Double.POSITIVE_INFINITY;
            double[] best = rivals.getFirst();
            for (double[] rival : rivals) {
                double scalar = 0;
                for (int i = 0; i < m; i++) {
                    scalar = Math.max(scalar,
                            (rival[i] - ideal[i]) / (i == axis ? 1 : OFF_AXIS));
                }
                if (scalar < least) {
                    least = scalar;
                    best = rival;
                }
            }
            nearest.add(best);
        }
        return nearest;
    }

    private double[] nadir(List<double[]> front, int m) {
        var worst = new double[m];
        Arrays.fill(worst, Double.NEGATIVE_INFINITY);
        for (double[] cost : front) {
            for (int i = 0; i < m; i++) {
                worst[i] = Math.max(worst[i], cost[i]);
            }
        }
        double[] plane = plane(m);
        for (int i = 0; i < m; i++) {
            // The plane of points that lie in one line, or that slope the wrong way, says nothing.
            if (!(plane[i] > 1e-6) || plane[i] > 1e3 * (worst[i] - ideal[i])) {
                return worst;
            }
        }
        var nadir = new double[m];
        for (int i = 0; i < m; i++) {
            nadir[i] = ideal[i] + plane[i];
        }
        return nadir;
    }

    /** Where the plane through the extremes meets the axes, from the ideal point; NaN if there is none. */
    private double[] plane(int m) {
        var rows = new double[m][m + 1];
        for (int r = 0; r < m; r++) {
            for (int i = 0; i < m; i++) {
                rows[r][i] = extremes.get(r)[i] - ideal[i];
            }
            rows[r][m] = 1;
        }
        var intercepts = new double[m];
        for (int column = 0; column < m; column++) {
            int pivot = column;
            for (int r = column + 1; r < m; r++) {
                pivot = Math.abs(rows[r][column]) > Math.abs(rows[pivot][column]) ? r : pivot;
            }
            if (Math.abs(rows[pivot][column]) < 1e-12) {
                Arrays.fill(intercepts, Double.NaN);
                return intercepts;
            }
            double[] swap = rows[column];
            rows[column] = rows[pivot];
            rows[pivot] = swap;
            for (int r = 0; r < m; r++) {
                if (r != column) {
                    double factor = rows[r][column] / rows[column][column];
                    for (int i = column; i <= m; i++) {
                        rows[r][i] -= factor * rows[column][i];
                    }
                }
            }
        }
        Arrays.setAll(intercepts, i -> rows[i][i] / rows[i][m]);
        return intercepts;
    }
}
