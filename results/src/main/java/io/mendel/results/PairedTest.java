package io.mendel.results;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Compares two models on the same items: how far apart they are, and how likely chance would part them as far.
 *
 * <p>
 * The interval is the percentile bootstrap over items (B. Efron and R. Tibshirani, <em>An introduction to the
 * bootstrap</em>, 1993), the p-value that of a permutation test which swaps the two models' scores of an item with
 * probability ½; both keep every task's number of items. The random numbers are fixed, so the result is too.
 *
 * @param difference the first model's main score less the second's
 * @param low lower end of the 95 % confidence interval
 * @param high upper end
 * @param pValue two-sided, above 0 and at most 1
 * @since 0.1
 */
public record PairedTest(double difference, double low, double high, double pValue) {
    private static final int RESAMPLES = 2000;
    private static final long SEED = 20_26;

    /**
     * Scores of two models on the items of one task.
     *
     * @param first one score for each item, finite; copied
     * @param second the other model's scores of the same items; copied
     */
    @SuppressWarnings("ArrayRecordComponent") // a box per score would cost more than the scores
    public record Pairs(double[] first, double[] second) {
        public Pairs {
            first = first.clone();
            second = second.clone();
            if (first.length != second.length || first.length == 0) {
                throw new IllegalArgumentException(
                        "A paired test needs two scores of each item, not "
                                + first.length + " and " + second.length + ".");
            }
        }
    }

    /**
     * Compares two models.
     *
     * @param tasks the scores of each task's items, at least one task
     * @param main makes the main score of the tasks' mean scores, larger being better
     */
    public static PairedTest of(List<Pairs> tasks, ToDoubleFunction<double[]> main) {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("A paired test needs at least one task.");
        }
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
        double observed = observed(tasks, main);
        var resampled = new double[RESAMPLES];
        int asFar = 0;
        var drawn = new double[2][tasks.size()];
        var swapped = new double[2][tasks.size()];
        for (int k = 0; k < RESAMPLES; k++) {
            for (int t = 0; t < tasks.size(); t++) {
                resample(tasks.get(t), random, drawn, swapped, t);
            }
            resampled[k] = difference(drawn, main);
            asFar += Math.abs(difference(swapped, main)) >= Math.abs(observed) - 1e-12 ? 1 : 0;
        }
        Arrays.sort(resampled);
        return new PairedTest(observed, resampled[(int) (0.025 * RESAMPLES)],
                resampled[(int) (0.975 * RESAMPLES)], (1.0 + asFar) / (1.0 + RESAMPLES));
    }

    private static double observed(List<Pairs> tasks, ToDoubleFunction<double[]> main) {
        var means = new double[2][tasks.size()];
        for (int t = 0; t < tasks.size(); t++) {
            Pairs pairs = tasks.get(t);
            for (int i = 0; i < pairs.first.length; i++) {
                means[0][t] += pairs.first[i];
                means[1][t] += pairs.second[i];
            }
            divide(means, t, pairs.first.length);
        }
        return difference(means, main);
    }

    /**
     * One task's mean scores of both models.
     *
     * @param drawn where those of items drawn with replacement are put
     * @param swapped where those of all items are put, the models' scores of each swapped by chance
     */
    private static void resample(Pairs pairs, RandomGenerator random, double[][] drawn,
            double[][] swapped, int task) {
        double[] first = pairs.first;
        double[] second = pairs.second;
        int n = first.length;
        double drawnFirst = 0;
        double drawnSecond = 0;
        double swappedFirst = 0;
        double swappedSecond = 0;
        for (int i = 0; i < n; i++) {
            int item = random.nextInt(n);
            boolean swap = random.nextBoolean();
            drawnFirst += first[item];
            drawnSecond += second[item];
            swappedFirst += swap ? second[i] : first[i];
            swappedSecond += swap ? first[i] : second[i];
        }
        drawn[0][task] = drawnFirst;
        drawn[1][task] = drawnSecond;
        swapped[0][task] = swappedFirst;
        swapped[1][task] = swappedSecond;
        divide(drawn, task, n);
        divide(swapped, task, n);
    }

    private static void divide(double[][] sums, int task, int items) {
        sums[0][task] /= items;
        sums[1][task] /= items;
    }

    private static double difference(double[][] means, ToDoubleFunction<double[]> main) {
        return main.applyAsDouble(means[0]) - main.applyAsDouble(means[1]);
    }

    /**
     * The two-sided p-value of McNemar's exact test.
     *
     * @param onlyFirst items that only the first model solves, at least 0
     * @param onlySecond items that only the second solves, at least 0
     */
    public static double mcNemar(int onlyFirst, int onlySecond) {
        int n = onlyFirst + onlySecond;
        int few = Math.min(onlyFirst, onlySecond);
        double logHalf = -n * StrictMath.log(2);
        double logChoose = 0;
        double sum = 0;
        for (int k = 0; k <= few; k++) {
            sum += StrictMath.exp(logChoose + logHalf);
            logChoose += StrictMath.log(n - k) - StrictMath.log(k + 1);
        }
        return Math.min(1, 2 * sum);
    }
}
