package io.mendel.campaign;

import io.mendel.results.PairedTest;
import java.util.List;

/**
 * How much better one model is than another on the same items.
 *
 * @param gain the difference of the main scores
 * @param error its standard error, which is that of the differences item by item, so that items that are hard for both
 *            do not count; of the smallest of several tasks, the largest error of a task
 */
record PairedGain(double gain, double error) {

    /**
     * The gain of the first models over the second ones.
     *
     * @param tasks the scores of each task's items, larger being better; at least one task
     * @param rule how the means of the tasks make the main score
     */
    static PairedGain of(List<PairedTest.Pairs> tasks, Main.Rule rule) {
        double firstSum = 0;
        double secondSum = 0;
        double firstMin = Double.POSITIVE_INFINITY;
        double secondMin = Double.POSITIVE_INFINITY;
        double variance = 0;
        double largest = 0;
        for (PairedTest.Pairs pairs : tasks) {
            double[] first = pairs.first();
            double[] second = pairs.second();
            double firstMean = mean(first);
            double secondMean = mean(second);
            double squares = 0;
            for (int i = 0; i < first.length; i++) {
                double off = first[i] - second[i] - (firstMean - secondMean);
                squares += off * off;
            }
            double ofMean = squares / first.length / Math.max(1, first.length - 1);
            variance += ofMean;
            largest = Math.max(largest, ofMean);
            firstSum += firstMean;
            secondSum += secondMean;
            firstMin = Math.min(firstMin, firstMean);
            secondMin = Math.min(secondMin, secondMean);
        }
        int n = tasks.size();
        return switch (rule) {
            case MEAN -> new PairedGain((firstSum - secondSum) / n, Math.sqrt(variance) / n);
            case MIN -> new PairedGain(firstMin - secondMin, Math.sqrt(largest));
        };
    }

    private static double mean(double[] scores) {
        double sum = 0;
        for (double score : scores) {
            sum += score;
        }
        return sum / scores.length;
    }

    /**
     * Whether the gain is more than the best of several equal models would show by luck: the largest of n independent
     * normal errors is about {@code √(2·ln n)} standard errors, and seldom more.
     *
     * @param tried how many models the first one is the best of, at least 1; a single one must gain a standard error
     */
    boolean beyondLuckOf(int tried) {
        return gain > error * Math.max(1, Math.sqrt(2 * StrictMath.log(tried)));
    }
}
