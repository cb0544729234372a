package io.mendel.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mendel.results.PairedTest.Pairs;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PairedTestTest {
    private static double mean(double[] means) {
        return Arrays.stream(means).average().orElseThrow();
    }

    private static Pairs pairs(int n, double gain, long seed) {
        var random = new SplittableRandom(seed);
        double[] second = random.doubles(n).toArray();
        double[] first = Arrays.stream(second)
                .map(x -> x + gain + 0.2 * (random.nextDouble() - 0.5))
                .toArray();
        return new Pairs(first, second);
    }

    @Test
    void aClearGainIsFoundThoughItemsDifferMuch() {
        var test = PairedTest.of(List.of(pairs(300, 0.03, 1), pairs(300, 0.05, 2)),
                PairedTestTest::mean);
        assertThat(test.difference()).isCloseTo(0.04, within(0.01));
        // The noise of a difference is 0.2/√12; of the mean of 600 of them 0.0024.
        assertThat(test.high() - test.low()).isCloseTo(2 * 1.96 * 0.0024, within(0.002));
        assertThat(test.low()).isPositive();
        assertThat(test.pValue()).isEqualTo(1 / 2001.0);
        assertThat(PairedTest.of(List.of(pairs(300, 0.03, 1), pairs(300, 0.05, 2)),
                PairedTestTest::mean))
                .isEqualTo(test);
    }

    @Test
    void noGainIsNotFoundMoreOftenThanChanceHasIt() {
        int found = 0;
        for (int seed = 0; seed < 60; seed++) {
            found += PairedTest.of(List.of(pairs(40, 0, seed)), PairedTestTest::mean).pValue() < 0.1
                    ? 1
                    : 0;
        }
        assertThat(found).isBetween(1, 14);
    }

    @Test
    void anyMainScoreOfTheMeansWillDo() {
        var one = new Pairs(new double[]{1, 1, 1}, new double[]{0, 0, 0});
        var other = new Pairs(new double[]{0.2, 0.2}, new double[]{0.1, 0.1});
        var test = PairedTest.of(List.of(one, other),
                means -> Arrays.stream(means).min().orElseThrow());
        assertThat(test.difference()).isCloseTo(0.2, within(1e-12));
    }

    /** SciPy 1.17, binomtest(min, n).pvalue. */
    @Test
    void mcNemarIsExact() {
        assertThat(PairedTest.mcNemar(10, 2)).isCloseTo(0.03857421875, within(1e-12));
        assertThat(PairedTest.mcNemar(2, 10)).isCloseTo(0.03857421875, within(1e-12));
        assertThat(PairedTest.mcNemar(5, 5)).isEqualTo(1);
        assertThat(PairedTest.mcNemar(0, 0)).isEqualTo(1);
        assertThat(PairedTest.mcNemar(700, 600)).isBetween(0.005, 0.007);
    }

    @Test
    void unequalNumbersOfItemsAreRefused() {
        assertThatThrownBy(() -> new Pairs(new double[2], new double[3]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PairedTest.of(List.of(), PairedTestTest::mean))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
