package io.mendel.campaign;

import io.mendel.results.PairedTest;
import java.util.List;

/**
 * How much better one model is than another on the same items.
 *
 * @param gain the difference of the main scores
 * @param error its standard error, which is that of the differences item by item, so that items that are hard for both
 *            do not count; of the smallest of several objectives, the largest error of one of them
 */
record PairedGain(double gain, double error) {

    /**
     * Scores of one objective.
     *
     * @param task the task whose items they are of
     * @param pairs the scores of both models, larger being better, in an order that all objectives of the task share
     */
    record Part(String task, PairedTest.Pairs pairs) {}

    /**
     * The gain of the first models over the second ones.
     *
     * @param objectives their items, at least one objective
     * @param rule how the means of the objectives make the main score
     */
    static PairedGain of(List<Part> objectives, Main.Rule rule) {
        return switch (rule) {
            case MEAN -> ofMean(objectives);
            case MIN -> ofLeast(objectives);
        };
    }

    private static PairedGain ofMean(List<Part> objectives) {
        var sums = new TaskSums();
        for (Part part : objectives) {
            sums.add(part.task(), differences(part.pairs()), objectives.size());
        }
        return new PairedGain(sums.mean(),
                Math.sqrt(sums.variance(_ -> Double.POSITIVE_INFINITY)));
    }

    private static PairedGain ofLeast(List<Part> objectives) {
        double first = Double.POSITIVE_INFINITY;
        double second = Double.POSITIVE_INFINITY;
        double variance = 0;
        for (Part part : objectives) {
            first = Math.min(first, mean(part.pairs().first()));
            second = Math.min(second, mean(part.pairs().second()));
            variance = Math.max(variance,
                    TaskSums.variance(differences(part.pairs()), Double.POSITIVE_INFINITY));
        }
        return new PairedGain(first - second, Math.sqrt(variance));
    }

    private static double[] differences(PairedTest.Pairs pairs) {
        double[] differences = pairs.first().clone();
        for (int i = 0; i < differences.length; i++) {
            differences[i] -= pairs.second()[i];
        }
        return differences;
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
