package io.mendel.benchmark.subset;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Chooses the items on which models differ most, and some of the others at random so that the score stays honest.
 *
 * <p>
 * Where all parents say the same, most of their merges say so too; what tells candidates apart is on the other items
 * (DISCO, 2025, <a href="https://arxiv.org/abs/2510.07959">arXiv 2510.07959</a>). Half of the subset are the items with the
 * largest variance between the models, each for itself. The other half is drawn from the rest and stands for all of it:
 * the mean with these weights is without bias for the mean over all items, whatever the models said.
 *
 * @since 0.1
 */
public final class Disagreement {

    private Disagreement() {}

    /**
     * Chooses items.
     *
     * @param responses for each item what the models said, one array for each kind of answer, finite; in random order,
     *            since the first of the rest are drawn
     * @param count how many items, at least 1; all if there are not more
     */
    public static Subset of(double[][][] responses, int count) {
        int items = responses.length;
        if (count >= items) {
            return Subset.all(items);
        }
        double[] spread = Arrays.stream(responses)
                .mapToDouble(item -> Arrays.stream(item).mapToDouble(Disagreement::variance).sum())
                .toArray();
        int certain = count / 2;
        var most = IntStream.range(0, items)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -spread[i]))
                .limit(certain)
                .toList();
        int[] rest = IntStream.range(0, items)
                .filter(i -> !most.contains(i))
                .limit(count - certain)
                .toArray();
        int[] chosen = IntStream.concat(most.stream().mapToInt(i -> i), Arrays.stream(rest))
                .sorted()
                .toArray();
        double weight = (double) (items - certain) / (count - certain);
        return new Subset(chosen,
                Arrays.stream(chosen).mapToDouble(i -> most.contains(i) ? 1 : weight).toArray());
    }

    private static double variance(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        return Arrays.stream(values)
                .map(x -> (x - mean) * (x - mean))
                .average()
                .orElse(0);
    }
}
