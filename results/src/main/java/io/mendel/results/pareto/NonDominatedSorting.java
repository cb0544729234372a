package io.mendel.results.pareto;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Splits points into fronts: the non-dominated ones, those only dominated by them, and so on.
 *
 * <p>
 * X. Zhang, Y. Tian, R. Cheng and Y. Jin, <em>An efficient approach to nondominated sorting for evolutionary
 * multiobjective optimization</em>, 2015, <a href="https://doi.org/10.1109/TEVC.2014.2308305">10.1109/TEVC.2014.2308305</a>:
 * in lexicographic order a point can only be dominated by earlier ones, and its front is found by binary search. Of three
 * objectives the first needs no look, and what a front holds of the other two is a staircase (H. Kung, F. Luccio and F.
 * Preparata, <em>On finding the maxima of a set of vectors</em>, 1975). Time O(n log n) for n points of one or two
 * objectives, O(n log² n) of three, O(m·n²) at worst for m more, memory O(n).
 *
 * @since 0.1
 */
public final class NonDominatedSorting {
    private NonDominatedSorting() {}

    /**
     * The fronts, best first, each as ascending indices into {@code points}.
     *
     * <p>
     * Equal points are in the same front.
     *
     * @param points vectors of one length, all components maximised, without NaN; not changed
     * @return every index exactly once; empty if there are no points
     */
    public static List<int[]> fronts(List<double[]> points) {
        int[] order = IntStream.range(0, points.size())
                .boxed()
                .sorted((i, j) -> compare(points.get(j), points.get(i)))
                .mapToInt(Integer::intValue)
                .toArray();
        var fronts = new ArrayList<Front>();
        double[] before = null;
        int front = 0;
        for (int index : order) {
            double[] point = points.get(index);
            // Equal points follow each other and belong together.
            if (before == null || compare(point, before) != 0) {
                front = front(fronts, point);
            }
            if (front == fronts.size()) {
                fronts.add(point.length == 3 ? new Staircase() : new Members());
            }
            fronts.get(front).add(index, point);
            before = point;
        }
        return fronts.stream().map(Front::sorted).toList();
    }

    /** Lexicographic, with the two zeros equal, as they are in dominance. */
    private static int compare(double[] a, double[] b) {
        for (int i = 0; i < a.length; i++) {
            if (a[i] != b[i]) {
                return a[i] < b[i] ? -1 : 1;
            }
        }
        return 0;
    }

    /** The first front that has no member which dominates the point. */
    private static int front(List<Front> fronts, double[] point) {
        int low = 0;
        int high = fronts.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (fronts.get(middle).dominates(point)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The points of a front. */
    private abstract static class Front {
        private int[] indices = new int[8];
        int size;

        void add(int index, double[] point) {
            if (size == indices.length) {
                indices = Arrays.copyOf(indices, 2 * size);
            }
            indices[size++] = index;
        }

        /** Whether a member dominates a point that is not before any of them in the order, and equal to none. */
        abstract boolean dominates(double[] point);

        int[] sorted() {
            var sorted = Arrays.copyOf(indices, size);
            Arrays.sort(sorted);
            return sorted;
        }
    }

    /** A front whose members are looked at one by one. */
    private static final class Members extends Front {
        private final List<double[]> points = new ArrayList<>();

        @Override
        void add(int index, double[] point) {
            super.add(index, point);
            points.add(point);
        }

        @Override
        boolean dominates(double[] point) {
            // Of two objectives the second rises along a front, so none dominates if the last does not.
            int last = point.length <= 2 ? size - 1 : 0;
            for (int k = size - 1; k >= last; k--) {
                if (Dominance.dominates(points.get(k), point)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A front of three objectives: the best third objective for each second one, which falls as that rises. */
    private static final class Staircase extends Front {
        private final TreeMap<Double, Double> steps = new TreeMap<>();

        @Override
        void add(int index, double[] point) {
            super.add(index, point);
            if (!dominates(point)) {
                double second = positive(point[1]);
                var lower = steps.floorEntry(second);
                while (lower != null && lower.getValue() <= point[2]) {
                    steps.remove(lower.getKey());
                    lower = steps.floorEntry(second);
                }
                steps.put(second, point[2]);
            }
        }

        @Override
        boolean dominates(double[] point) {
            var step = steps.ceilingEntry(positive(point[1]));
            return step != null && step.getValue() >= point[2];
        }

        /** A key of the map, which would tell the two zeros apart. */
        private static double positive(double x) {
            return x + 0.0;
        }
    }
}
