package io.mendel.results.pareto;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The exact volume of objective space that a set of points dominates, above a reference point.
 *
 * @since 0.1
 */
public final class Hypervolume {
    /*
     * One, two and three objectives are swept in O(n log n) (N. Beume et al., On the complexity of computing the
     * hypervolume indicator, 2009). Above, points are added from the best to the worst in the last objective: what a
     * point adds is a slab over one objective less, whose part already covered is the volume of the earlier points
     * limited to it. That is the WFG algorithm with slicing (L. While, L. Bradstreet, L. Barone, A fast way of
     * calculating exact hypervolumes, 2012), exponential only in the number of objectives.
     */
    private Hypervolume() {}

    /**
     * The volume dominated by {@code points} and bounded by {@code reference}.
     *
     * <p>
     * A point that does not exceed the reference in every objective adds nothing. The result does not depend on the
     * order of points beyond rounding.
     *
     * @param points vectors that are maximised, finite, as long as the reference; dominated and equal ones are allowed
     * @param reference the worst corner, finite, at least one objective
     * @return at least 0
     * @throws IllegalArgumentException if a length differs or a number is not finite
     */
    public static double of(Collection<double[]> points, double[] reference) {
        requireFinite(reference);
        if (reference.length == 0) {
            throw new IllegalArgumentException("A hypervolume needs at least one objective.");
        }
        var above = new ArrayList<double[]>();
        for (double[] point : points) {
            if (point.length != reference.length) {
                throw new IllegalArgumentException(
                        "The point %s must have as many objectives as the reference %s."
                                .formatted(Arrays.toString(point), Arrays.toString(reference)));
            }
            requireFinite(point);
            var edges = new double[point.length];
            boolean inside = true;
            for (int i = 0; i < edges.length; i++) {
                edges[i] = point[i] - reference[i];
                inside &= edges[i] > 0;
            }
            if (inside) {
                above.add(edges);
            }
        }
        return volume(nonDominated(above, reference.length), reference.length);
    }

    private static void requireFinite(double[] point) {
        for (double x : point) {
            if (!Double.isFinite(x)) {
                throw new IllegalArgumentException(
                        "The objectives must be finite, not " + Arrays.toString(point));
            }
        }
    }

    /** Volume over the first {@code m} objectives of boxes between the origin and each point. */
    private static double volume(List<double[]> points, int m) {
        return switch (m) {
            case 1 -> points.stream().mapToDouble(p -> p[0]).max().orElse(0);
            case 2 -> area(points);
            case 3 -> sweep(points);
            default -> slice(points, m);
        };
    }

    private static double area(List<double[]> points) {
        var sorted = descending(points, 0);
        double area = 0;
        double height = 0;
        for (double[] p : sorted) {
            if (p[1] > height) {
                area += p[0] * (p[1] - height);
                height = p[1];
            }
        }
        return area;
    }

    private static double sweep(List<double[]> points) {
        var sorted = descending(points, 2);
        var stairs = new TreeMap<Double, Double>();
        double area = 0;
        double volume = 0;
        for (int i = 0; i < sorted.size(); i++) {
            double[] p = sorted.get(i);
            area += insert(stairs, p[0], p[1]);
            double below = i + 1 < sorted.size() ? sorted.get(i + 1)[2] : 0;
            volume += area * (p[2] - below);
        }
        return volume;
    }

    /** Adds a corner to a staircase (x to y, y falling) and returns by how much the area under it grew. */
    private static double insert(NavigableMap<Double, Double> stairs, double x, double y) {
        var right = stairs.ceilingEntry(x);
        double height = right == null ? 0 : right.getValue();
        if (height >= y) {
            return 0;
        }
        double grown = 0;
        double edge = x;
        for (var left = stairs.floorEntry(x); left != null; left = stairs.lowerEntry(edge)) {
            grown += (edge - left.getKey()) * (y - height);
            edge = left.getKey();
            height = left.getValue();
            if (height >= y) {
                break;
            }
            stairs.remove(edge);
        }
        if (height < y) {
            grown += edge * (y - height);
        }
        stairs.put(x, y);
        return grown;
    }

    private static double slice(List<double[]> points, int m) {
        var sorted = descending(points, m - 1);
        double volume = 0;
        for (int k = 0; k < sorted.size(); k++) {
            double[] p = sorted.get(k);
            double box = 1;
            for (int i = 0; i < m - 1; i++) {
                box *= p[i];
            }
            var limited = new ArrayList<double[]>(k);
            for (double[] earlier : sorted.subList(0, k)) {
                var corner = new double[m - 1];
                for (int i = 0; i < corner.length; i++) {
                    corner[i] = Math.min(p[i], earlier[i]);
                }
                limited.add(corner);
            }
            volume += p[m - 1] * (box - volume(nonDominated(limited, m - 1), m - 1));
        }
        return volume;
    }

    /** Drops what others cover, which pays only where the volume costs more than O(n log n). */
    private static List<double[]> nonDominated(List<double[]> points, int m) {
        if (m <= 3) {
            return points;
        }
        var kept = new ArrayList<double[]>();
        for (double[] p : points) {
            if (kept.stream().noneMatch(q -> covers(q, p))) {
                kept.removeIf(q -> covers(p, q));
                kept.add(p);
            }
        }
        return kept;
    }

    private static boolean covers(double[] a, double[] b) {
        for (int i = 0; i < b.length; i++) {
            if (a[i] < b[i]) {
                return false;
            }
        }
        return true;
    }

    private static List<double[]> descending(List<double[]> points, int objective) {
        return points.stream()
                .sorted(Comparator.<double[]>comparingDouble(p -> p[objective]).reversed())
                .toList();
    }
}
