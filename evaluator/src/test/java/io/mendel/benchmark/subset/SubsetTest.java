package io.mendel.benchmark.subset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Subsets that stand for all items. */
class SubsetTest {

    private final SplittableRandom random = new SplittableRandom(3);

    private double[][] points(int count, int length) {
        return IntStream.range(0, count)
                .mapToObj(_ -> random.doubles(length).toArray())
                .toArray(double[][]::new);
    }

    private static double cost(double[][] points, int... medoids) {
        return Arrays.stream(points)
                .mapToDouble(point -> Arrays.stream(medoids).mapToDouble(m -> {
                    double squares = 0;
                    for (int i = 0; i < point.length; i++) {
                        squares += Math.pow(point[i] - points[m][i], 2);
                    }
                    return Math.sqrt(squares);
                }).min().orElseThrow())
                .sum();
    }

    @Test
    void medoidsAreAsGoodAsTheBestOfAllPairs() {
        int best = 0;
        for (int round = 0; round < 30; round++) {
            double[][] points = points(20, 2);
            double least = Double.POSITIVE_INFINITY;
            for (int i = 0; i < 20; i++) {
                for (int j = 0; j < i; j++) {
                    least = Math.min(least, cost(points, i, j));
                }
            }
            double found = cost(points, KMedoids.of(points, 2).chosen());
            assertThat(found).isBetween(least - 1e-4, 1.15 * least);
            best += found < least + 1e-4 ? 1 : 0;
        }
        assertThat(best).as("swapping ends in local optima, seldom in others").isGreaterThan(20);
    }

    @Test
    void clustersAreFoundAndWeighedByTheirSize() {
        var points = new double[60][];
        for (int i = 0; i < 60; i++) {
            int cluster = i % 6 < 3 ? 0 : i % 6 < 5 ? 1 : 2;
            points[i] = new double[]{10 * cluster + random.nextDouble(), cluster == 1 ? 5 : 0};
        }
        Subset subset = KMedoids.of(points, 3);
        double[] weights = subset.weights();
        Arrays.sort(weights);
        assertThat(weights).containsExactly(10, 20, 30);
        assertThat(KMedoids.of(points, 3).chosen()).isEqualTo(subset.chosen());
    }

    @Test
    void equalItemsShareWhatTheyStandFor() {
        var points = new double[12][2];
        assertThat(KMedoids.of(points, 4).weights()).containsExactly(3, 3, 3, 3);
        assertThat(KMedoids.of(points, 12).weights()).containsOnly(1).hasSize(12);
        assertThat(KMedoids.of(points, 1).weights()).containsExactly(12);
    }

    @Test
    void moreItemsThanAreComparedAllCount() {
        double[][] points = points(4200, 1);
        assertThat(Arrays.stream(KMedoids.of(points, 2).weights()).sum()).isCloseTo(4200,
                within(1e-6));
    }

    /** A candidate's mean, estimated from many draws of the rest, is without bias. */
    @Test
    void disagreementKeepsTheItemsThatModelsPartOnAndTheMeanHonest() {
        int items = 60;
        double[] candidate = random.doubles(items).toArray();
        double sum = 0;
        int rounds = 3000;
        for (int round = 0; round < rounds; round++) {
            int[] order = shuffled(items);
            var responses = new double[items][1][];
            for (int i = 0; i < items; i++) {
                // The items 0 to 9 are those the models part on.
                responses[i][0] = order[i] < 10 ? new double[]{0, 1, 1} : new double[]{1, 1, 1};
            }
            Subset subset = Disagreement.of(responses, 20);
            int[] chosen = subset.chosen();
            double[] weights = subset.weights();
            assertThat(chosen).hasSize(20);
            double score = 0;
            int parted = 0;
            for (int k = 0; k < chosen.length; k++) {
                parted += order[chosen[k]] < 10 ? 1 : 0;
                score += weights[k] * candidate[order[chosen[k]]] / items;
            }
            assertThat(parted).isEqualTo(10);
            assertThat(Arrays.stream(weights).sum()).isCloseTo(items, within(1e-9));
            sum += score;
        }
        assertThat(sum / rounds).isCloseTo(Arrays.stream(candidate).average().orElseThrow(),
                within(0.005));
    }

    private int[] shuffled(int count) {
        int[] order = IntStream.range(0, count).toArray();
        for (int i = count - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }
}
