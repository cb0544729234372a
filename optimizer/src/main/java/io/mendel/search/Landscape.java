package io.mendel.search;

import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** A function of one objective whose optimum lies at a random point of [0.2, 0.8]ⁿ. */
final class Landscape {

    /** The shape. */
    enum Shape {
        /** The mean square of the distances. */
        SPHERE,
        /** Randomly rotated, with axes whose squared lengths differ by 1000. */
        ELLIPSOID,
        /** A fifth of the genes carry the weight, and only the number of 200 passed items is seen. */
        MERGE;

        String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int ITEMS = 200;
    private static final double CONDITION = 1000;

    private final Shape shape;
    private final double[] optimum;
    private final long seed;
    private final double[][] axes;

    Landscape(Shape shape, int genes, long seed) {
        this.shape = shape;
        this.seed = seed;
        optimum = new double[genes];
        RandomGenerator place = random(seed);
        Arrays.setAll(optimum, i -> 0.2 + 0.6 * place.nextDouble());
        axes = shape == Shape.ELLIPSOID ? rotation(genes, place) : new double[0][];
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** Orthonormal rows, by Gram and Schmidt from normal vectors. */
    private static double[][] rotation(int n, RandomGenerator random) {
        var rows = new double[n][];
        for (int r = 0; r < n; r++) {
            var row = new double[n];
            Arrays.setAll(row, _ -> random.nextGaussian());
            for (int earlier = 0; earlier < r; earlier++) {
                double dot = dot(row, rows[earlier]);
                double[] other = rows[earlier];
                Arrays.setAll(row, i -> row[i] - dot * other[i]);
            }
            double length = Math.sqrt(dot(row, row));
            Arrays.setAll(row, i -> row[i] / length);
            rows[r] = row;
        }
        return rows;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** How far a point is from the best there is; 0 at the optimum. */
    double regret(double[] x) {
        return switch (shape) {
            case SPHERE -> {
                double sum = 0;
                for (int i = 0; i < x.length; i++) {
                    sum += (x[i] - optimum[i]) * (x[i] - optimum[i]);
                }
                yield sum / x.length;
            }
            case ELLIPSOID -> ellipsoid(x);
            case MERGE -> merge(x, random(seed));
        };
    }

    private double ellipsoid(double[] x) {
        var step = new double[x.length];
        Arrays.setAll(step, i -> x[i] - optimum[i]);
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < x.length; i++) {
            double weight = StrictMath.pow(CONDITION, (double) i / (x.length - 1));
            double along = dot(axes[i], step);
            sum += weight * along * along;
            weights += weight;
        }
        return sum / weights;
    }

    private double merge(double[] x, RandomGenerator random) {
        double sum = 0;
        double weights = 0;
        for (int i = 0; i < x.length; i++) {
            double weight = i % 5 == 0 ? random.nextDouble() : 0.02 * random.nextDouble();
            sum += weight * Math.abs(x[i] - optimum[i]);
            weights += weight;
        }
        return sum / weights;
    }

    /** What a search sees, to be maximised. */
    double score(double[] x) {
        return switch (shape) {
            case SPHERE, ELLIPSOID -> -regret(x);
            case MERGE -> {
                RandomGenerator random = random(seed);
                double regret = merge(x, random);
                int passed = 0;
                for (int item = 0; item < ITEMS; item++) {
                    // Items differ in difficulty and weigh the genes a little differently.
                    double own = Math.abs(x[5 * random.nextInt((x.length + 4) / 5)] - 0.5) * 0.1;
                    passed += regret + own < 0.5 * random.nextDouble() ? 1 : 0;
                }
                yield (double) passed / ITEMS;
            }
        };
    }
}
