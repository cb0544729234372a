package io.mendel.results.pareto;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits points into fronts: the non-dominated ones, those only dominated by them, and so on.
 *
 * <p>
 * The fast non-dominated sort of K. Deb, A. Pratap, S. Agarwal and T. Meyarivan, <em>A fast and elitist multiobjective
 * genetic algorithm: NSGA-II</em>, 2002, <a href="https://doi.org/10.1109/4235.996017">10.1109/4235.996017</a>. Time
 * O(m·n²) for n points of m objectives, memory O(n²) in the worst case.
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
        int n = points.size();
        var dominators = new int[n];
        var dominated = new ArrayList<IndexList>(n);
        for (int i = 0; i < n; i++) {
            dominated.add(new IndexList());
        }
        for (int i = 0; i < n; i++) {
            for (int j = i + 1; j < n; j++) {
                int order = Dominance.compare(points.get(i), points.get(j));
                if (order > 0) {
                    dominated.get(i).add(j);
                    dominators[j]++;
                } else if (order < 0) {
                    dominated.get(j).add(i);
                    dominators[i]++;
                }
            }
        }
        var fronts = new ArrayList<int[]>();
        var front = new IndexList();
        for (int i = 0; i < n; i++) {
            if (dominators[i] == 0) {
                front.add(i);
            }
        }
        while (front.size > 0) {
            int[] members = front.sorted();
            fronts.add(members);
            front = new IndexList();
            for (int i : members) {
                var below = dominated.get(i);
                for (int k = 0; k < below.size; k++) {
                    int j = below.indices[k];
                    if (--dominators[j] == 0) {
                        front.add(j);
                    }
                }
            }
        }
        return List.copyOf(fronts);
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

        int[] sorted() {
            var sorted = Arrays.copyOf(indices, size);
            Arrays.sort(sorted);
            return sorted;
        }
    }
}
