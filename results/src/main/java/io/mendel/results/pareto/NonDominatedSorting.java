package io.mendel.results.pareto;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Splits points into fronts: the non-dominated ones, those only dominated by them, and so on.
 *
 * <p>
 * X. Zhang, Y. Tian, R. Cheng and Y. Jin, <em>An efficient approach to nondominated sorting for evolutionary
 * multiobjective optimization</em>, 2015, <a href="https://doi.org/10.1109/TEVC.2014.2308305">10.1109/TEVC.2014.2308305</a>:
 * in lexicographic order a point can only be dominated by earlier ones, and its front is found by binary search. Time
 * O(n log n) for n points of one or two objectives, O(m·n²) at worst for m more, memory O(n).
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
                .sorted((i, j) -> Arrays.compare(points.get(j), points.get(i)))
                .mapToInt(Integer::intValue)
                .toArray();
        var fronts = new ArrayList<IndexList>();
        for (int point : order) {
            int low = 0;
            int high = fronts.size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (fronts.get(middle).dominates(points, points.get(point))) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            if (low == fronts.size()) {
                fronts.add(new IndexList());
            }
            fronts.get(low).add(point);
        }
        return fronts.stream().map(IndexList::sorted).toList();
    }

    private static final class IndexList {
        private int[] indices = new int[8];
        private int size;

        void add(int index) {
            if (size == indices.length) {
                indices = Arrays.copyOf(indices, 2 * size);
            }
            indices[size++] = index;
        }

        /** Whether a member dominates a point that is not before any of them in the order. */
        boolean dominates(List<double[]> points, double[] point) {
            // Of two objectives the second rises along a front, so none dominates if the last does not.
            int last = point.length <= 2 ? size - 1 : 0;
            for (int k = size - 1; k >= last; k--) {
                if (Dominance.dominates(points.get(indices[k]), point)) {
                    return true;
                }
            }
            return false;
        }

        int[] sorted() {
            var sorted = Arrays.copyOf(indices, size);
            Arrays.sort(sorted);
            return sorted;
        }
    }
}
