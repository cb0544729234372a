package io.mendel.benchmark.subset;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Chooses the items whose neighbours say the same: each stands for the items nearest to it.
 *
 * <p>
 * Partitioning around medoids: BUILD and SWAP of L. Kaufman and P. Rousseeuw, <em>Finding groups in data</em>, 1990, the
 * swaps found as in E. Schubert and P. Rousseeuw, <em>Fast and eager k-medoids clustering</em>, 2021,
 * <a href="https://doi.org/10.1016/j.is.2021.101804">10.1016/j.is.2021.101804</a>. Anchor points of benchmarks are chosen
 * so (R. Vivek et al., 2024, <a href="https://arxiv.org/abs/2309.08638">arXiv 2309.08638</a>). Of equals the first wins, so
 * the result depends on the points and their order only. Time O(k·n²) for n items, memory O(n²): of more than 4,096 items
 * the medoids are chosen among the first 4,096, and all are counted.
 *
 * @since 0.1
 */
public final class KMedoids {

    private static final int MOST = 4096;
    private static final int SWEEPS = 30;
    private static final double LEAST_GAIN = 1e-9;

    private final float[][] distance;
    private final int[] medoids;
    /** For each item the place of the nearest medoid, and the distances to this and the second one. */
    private final int[] nearest;
    private final double[] first;
    private final double[] second;

    private KMedoids(float[][] distance, int count) {
        this.distance = distance;
        medoids = new int[count];
        nearest = new int[distance.length];
        first = new double[distance.length];
        second = new double[distance.length];
    }

    /**
     * Chooses medoids.
     *
     * @param points what is known of each item, vectors of one length, finite; in an order that means nothing
     * @param count how many medoids, at least 1; all items if there are not more
     */
    public static Subset of(double[][] points, int count) {
        if (count >= points.length) {
            return Subset.all(points.length);
        }
        var clustering = new KMedoids(
                distances(Arrays.copyOf(points, Math.min(MOST, points.length))),
                Math.min(count, MOST));
        clustering.build();
        clustering.swap();
        int[] chosen = clustering.medoids.clone();
        Arrays.sort(chosen);
        return new Subset(chosen, masses(points, chosen));
    }

    private static float[][] distances(double[][] points) {
        var distances = new float[points.length][points.length];
        for (int i = 0; i < points.length; i++) {
            for (int j = 0; j < i; j++) {
                distances[i][j] = (float) distance(points[i], points[j]);
                distances[j][i] = distances[i][j];
            }
        }
        return distances;
    }

    private static double distance(double[] a, double[] b) {
        double squares = 0;
        for (int i = 0; i < a.length; i++) {
            squares += (a[i] - b[i]) * (a[i] - b[i]);
        }
        return Math.sqrt(squares);
    }

    /** Adds the medoid that brings all items nearer by most, again and again. */
    private void build() {
        int items = distance.length;
        Arrays.fill(first, Double.POSITIVE_INFINITY);
        var taken = new boolean[items];
        for (int m = 0; m < medoids.length; m++) {
            int best = -1;
            double most = Double.NEGATIVE_INFINITY;
            for (int i = 0; i < items; i++) {
                double gain = taken[i] ? Double.NEGATIVE_INFINITY : gain(i, m == 0);
                if (gain > most) {
                    most = gain;
                    best = i;
                }
            }
            taken[best] = true;
            medoids[m] = best;
            for (int j = 0; j < items; j++) {
                first[j] = Math.min(first[j], distance[best][j]);
            }
        }
        assign();
    }

    private double gain(int item, boolean none) {
        double gain = 0;
        for (int j = 0; j < first.length; j++) {
            gain += none ? -distance[item][j] : Math.max(0, first[j] - distance[item][j]);
        }
        return gain;
    }

    private void assign() {
        for (int j = 0; j < nearest.length; j++) {
            first[j] = Double.POSITIVE_INFINITY;
            second[j] = Double.POSITIVE_INFINITY;
            for (int m = 0; m < medoids.length; m++) {
                double d = distance[medoids[m]][j];
                if (d < first[j]) {
                    second[j] = first[j];
                    first[j] = d;
                    nearest[j] = m;
                } else {
                    second[j] = Math.min(second[j], d);
                }
            }
        }
    }

    /** Replaces medoids by other items as long as that brings all items nearer. */
    private void swap() {
        int sinceSwap = 0;
        int items = distance.length;
        for (int step = 0; step < SWEEPS * items && sinceSwap < items; step++) {
            int item = step % items;
            boolean swapped = IntStream.of(medoids).noneMatch(m -> m == item) && trySwap(item);
            sinceSwap = swapped ? 0 : sinceSwap + 1;
        }
    }

    private boolean trySwap(int item) {
        // What is lost if a medoid goes, its items going to their second ones or to the new one, and what the rest gains.
        var loss = new double[medoids.length];
        double gain = 0;
        for (int j = 0; j < nearest.length; j++) {
            double d = distance[item][j];
            double other = medoids.length == 1 ? Double.POSITIVE_INFINITY : second[j];
            loss[nearest[j]] += Math.min(other, d) - first[j] + Math.max(0, first[j] - d);
            gain += Math.max(0, first[j] - d);
        }
        int least = 0;
        for (int m = 1; m < loss.length; m++) {
            least = loss[m] < loss[least] ? m : least;
        }
        if (loss[least] - gain >= -LEAST_GAIN) {
            return false;
        }
        medoids[least] = item;
        assign();
        return true;
    }

    /** How many items are nearest to each medoid; an item with several nearest ones is shared out. */
    private static double[] masses(double[][] points, int[] medoids) {
        var masses = new double[medoids.length];
        for (double[] point : points) {
            double[] distances = Arrays.stream(medoids)
                    .mapToDouble(medoid -> distance(point, points[medoid]))
                    .toArray();
            double least = Arrays.stream(distances).min().orElseThrow();
            double ties = Arrays.stream(distances).filter(d -> d == least).count();
            for (int m = 0; m < masses.length; m++) {
                masses[m] += distances[m] == least ? 1 / ties : 0;
            }
        }
        return masses;
    }
}
