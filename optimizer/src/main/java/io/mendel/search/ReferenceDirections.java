package io.mendel.search;

import java.util.ArrayList;
import java.util.List;

/**
 * Evenly spread directions on the unit simplex.
 *
 * <p>
 * I. Das and J. Dennis, <em>Normal-boundary intersection</em>, 1998: all vectors of multiples of {@code 1/p} that sum to
 * 1, of which there are {@code C(m+p−1, p)}. For many objectives even a few divisions give none but boundary points; then
 * a second, halved layer lies inside, as in K. Deb and H. Jain, NSGA-III, 2014.
 */
final class ReferenceDirections {
    private ReferenceDirections() {}

    /**
     * As many directions as possible, but at most {@code limit}; at least one for each objective.
     *
     * @param objectives at least 1
     * @param limit at least 1
     */
    static List<double[]> atMost(int objectives, int limit) {
        int divisions = 1;
        while (objectives > 1 && count(objectives, divisions + 1) <= limit) {
            divisions++;
        }
        var directions = new ArrayList<>(simplex(objectives, divisions));
        if (divisions < objectives && objectives > 2) {
            int inner = 0;
            while (directions.size() + count(objectives, inner + 1) <= limit
                    && inner + 1 < divisions + 1) {
                inner++;
            }
            if (inner > 0) {
                for (double[] direction : simplex(objectives, inner)) {
                    for (int i = 0; i < objectives; i++) {
                        direction[i] = direction[i] / 2 + 0.5 / objectives;
                    }
                    directions.add(direction);
                }
            }
        }
        return directions;
    }

    /** {@code C(m+p−1, p)}. */
    static long count(int objectives, int divisions) {
        long count = 1;
        for (int i = 1; i <= divisions; i++) {
            count = count * (objectives - 1 + i) / i;
        }
        return count;
    }

    /** All directions of so many divisions, in lexicographic order. */
    static List<double[]> simplex(int objectives, int divisions) {
        var directions = new ArrayList<double[]>();
        extend(new int[objectives], 0, divisions, divisions, directions);
        return directions;
    }

    private static void extend(int[] parts, int place, int left, int divisions,
            List<double[]> directions) {
        if (place == parts.length - 1) {
            parts[place] = left;
            var direction = new double[parts.length];
            for (int i = 0; i < parts.length; i++) {
                direction[i] = (double) parts[i] / divisions;
            }
            directions.add(direction);
            return;
        }
        for (int part = 0; part <= left; part++) {
            parts[place] = part;
            extend(parts, place + 1, left - part, divisions, directions);
        }
    }
}
