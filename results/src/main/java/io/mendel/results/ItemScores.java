package io.mendel.results;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One metric of every scored item of a task.
 *
 * @param task the task's name
 * @param metric the metric's name
 * @param docIds the items' numbers in their split; copied
 * @param scores one score for each item, any double (a log-likelihood may be infinite); copied
 * @since 0.1
 */
@SuppressWarnings("ArrayRecordComponent") // a box per score would cost more than the scores
public record ItemScores(String task, String metric, int[] docIds, double[] scores) {

    public ItemScores {
        docIds = docIds.clone();
        scores = scores.clone();
        if (docIds.length != scores.length) {
            throw new IllegalArgumentException(
                    "The metric " + metric + " of " + task + " needs one score for each item, not "
                            + scores.length + " for " + docIds.length + ".");
        }
    }

    /**
     * The scores of one metric of a task among several; null if they are not there.
     *
     * @param task the task's name; nothing is found for null, which stands for no task
     * @param metric the metric's name
     */
    public static @Nullable ItemScores find(List<ItemScores> items, @Nullable String task,
            String metric) {
        return items.stream()
                .filter(one -> one.task.equals(task) && one.metric.equals(metric))
                .findFirst()
                .orElse(null);
    }

    /** Number of items. */
    public int count() {
        return scores.length;
    }

    @Override
    public int[] docIds() {
        return docIds.clone();
    }

    @Override
    public double[] scores() {
        return scores.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ItemScores that && task.equals(that.task)
                && metric.equals(that.metric)
                && Arrays.equals(docIds, that.docIds) && Arrays.equals(scores, that.scores);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * task.hashCode() + metric.hashCode()) + Arrays.hashCode(scores);
    }

    @Override
    public String toString() {
        return task + "/" + metric + " of " + docIds.length + " items";
    }
}
