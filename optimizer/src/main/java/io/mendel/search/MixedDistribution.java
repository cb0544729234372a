package io.mendel.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What CMA-ES samples: a normal distribution of the numbers, and beside it one of the words. */
final class MixedDistribution {
    /** Largest number of genes whose correlations are learnt; above, there is rarely the budget for it. */
    private static final int LARGEST_FULL = 40;

    private final GeneKinds kinds;
    private final int[] numbers;
    private final int[] words;
    private final int lambda;
    private final @Nullable DiagonalCovariance diagonal;
    private @Nullable CmaDistribution normal;
    private int diagonalUpdates;
    private final CategoricalDistribution categorical;
    private final double[] weights;

    /**
     * A distribution around a vector.
     *
     * @param mean all genes; words are ignored
     * @param sigma standard deviation of each number
     * @param lambda size of the samples
     * @param diagonalUpdates how often it is updated before it learns correlations; ignored for many genes
     */
    MixedDistribution(double[] mean, double sigma, int lambda, GeneKinds kinds,
            int diagonalUpdates) {
        this.kinds = kinds;
        this.lambda = lambda;
        numbers = IntStream.range(0, mean.length).filter(i -> !kinds.isWord(i)).toArray();
        words = IntStream.range(0, mean.length).filter(kinds::isWord).toArray();
        int n = numbers.length;
        this.diagonalUpdates = n > LARGEST_FULL ? Integer.MAX_VALUE : diagonalUpdates;
        diagonal = this.diagonalUpdates > 0 ? new DiagonalCovariance(n) : null;
        Covariance covariance = diagonal == null ? new FullCovariance(n) : diagonal;
        normal = n == 0 ? null : new CmaDistribution(pick(mean), sigma, lambda, covariance);
        categorical = new CategoricalDistribution(
                Arrays.stream(words).mapToObj(i -> kinds.words().get(i)).toList(), mean.length);
        weights = CmaDistribution.weights(Math.max(1, lambda / 2));
    }

    private double[] pick(double[] genes) {
        return Arrays.stream(numbers).mapToDouble(i -> genes[i]).toArray();
    }

    double[] sample(RandomGenerator random) {
        var genes = new double[numbers.length + words.length];
        if (normal != null) {
            double[] drawn = normal.sample(random);
            for (int i = 0; i < drawn.length; i++) {
                genes[numbers[i]] = drawn[i];
            }
        }
        int[] chosen = categorical.sample(random);
        for (int i = 0; i < chosen.length; i++) {
            genes[words[i]] = kinds.coordinate(words[i], chosen[i]);
        }
        return genes;
    }

    /**
     * Moves towards the better points.
     *
     * @param points points in [0, 1], best first
     * @param flat whether many points are equally good
     */
    void update(List<double[]> points, boolean flat) {
        if (normal != null) {
            normal.update(points.stream().map(this::pick).toList(), flat);
            if (diagonal != null && --diagonalUpdates == 0) {
                normal = normal.with(diagonal.full(), lambda);
            }
        }
        if (words.length > 0 && !points.isEmpty()) {
            double[] used = points.size() < weights.length
                    ? CmaDistribution.weights(points.size())
                    : weights;
            var better = new ArrayList<int[]>();
            for (double[] point : points.subList(0, used.length)) {
                better.add(Arrays.stream(words).map(i -> kinds.word(i, point[i])).toArray());
            }
            categorical.update(better, used);
        }
    }

    /** The largest standard deviation of a number; infinite if there are only words, which never converge. */
    double spread() {
        return normal == null ? Double.POSITIVE_INFINITY : normal.spread();
    }
}
