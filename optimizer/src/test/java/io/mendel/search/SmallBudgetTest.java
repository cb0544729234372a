package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One objective, few evaluations: what a campaign can afford. */
class SmallBudgetTest {

    /** A function to maximise whose optimum lies at a random point of [0.2, 0.8]ⁿ. */
    private enum Landscape {
        SPHERE {
            @Override
            double regret(double[] x, double[] optimum, RandomGenerator random) {
                double sum = 0;
                for (int i = 0; i < x.length; i++) {
                    sum += (x[i] - optimum[i]) * (x[i] - optimum[i]);
                }
                return sum / x.length;
            }

            @Override
            double score(double[] x, double[] optimum, RandomGenerator random) {
                return -regret(x, optimum, random);
            }
        },
        /** A fifth of the genes carry the weight, and only the number of 200 passed items is seen. */
        MERGE {
            @Override
            double regret(double[] x, double[] optimum, RandomGenerator random) {
                double sum = 0;
                double weights = 0;
                for (int i = 0; i < x.length; i++) {
                    double weight = i % 5 == 0 ? random.nextDouble() : 0.02 * random.nextDouble();
                    sum += weight * Math.abs(x[i] - optimum[i]);
                    weights += weight;
                }
                return sum / weights;
            }

            @Override
            double score(double[] x, double[] optimum, RandomGenerator random) {
                double regret = regret(x, optimum, random);
                int passed = 0;
                for (int item = 0; item < 200; item++) {
                    // Items differ in difficulty and weigh the genes a little differently.
                    double own = Math.abs(x[5 * random.nextInt((x.length + 4) / 5)] - 0.5) * 0.1;
                    passed += regret + own < 0.5 * random.nextDouble() ? 1 : 0;
                }
                return passed / 200.0;
            }
        };

        abstract double regret(double[] x, double[] optimum, RandomGenerator random);

        abstract double score(double[] x, double[] optimum, RandomGenerator random);
    }

    private static double[] regrets(SearchSettings settings, Landscape landscape, int genes,
            int... budgets) {
        var optimum = new double[genes];
        RandomGenerator place = random(settings.seed());
        Arrays.setAll(optimum, i -> 0.2 + 0.6 * place.nextDouble());
        var strategy = Strategies.create(settings, SearchProblem.continuous(genes));
        var regrets = new double[budgets.length];
        double best = Double.NEGATIVE_INFINITY;
        double regret = Double.NaN;
        int done = 0;
        int next = 0;
        while (next < budgets.length) {
            var asked = strategy.ask();
            var told = new ArrayList<Scored>();
            for (double[] x : asked) {
                double score = landscape.score(x, optimum, random(settings.seed()));
                told.add(Scored.of(x, score));
                if (score > best) {
                    best = score;
                    regret = landscape.regret(x, optimum, random(settings.seed()));
                }
                done++;
                if (next < budgets.length && done == budgets[next]) {
                    regrets[next++] = regret;
                }
            }
            strategy.tell(told);
        }
        return regrets;
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** Medians over 15 seeds after each of the budgets. */
    private static double[] medians(SearchSettings settings, Landscape landscape, int genes,
            int... budgets)
            throws SearchException {
        var all = new double[15][];
        for (int seed = 0; seed < all.length; seed++) {
            all[seed] = regrets(settings.with("seed", seed), landscape, genes, budgets);
        }
        var medians = new double[budgets.length];
        Arrays.setAll(medians,
                b -> Arrays.stream(all).mapToDouble(r -> r[b]).sorted().toArray()[7]);
        return medians;
    }

    /** Hipparchus 4.0.3, the same start: 0.0087 after 100 evaluations, 0.0012 after 300 (measured 2026-11). */
    @Test
    void cmaEsComesCloseToHipparchusOnTheShiftedSphere() throws SearchException {
        double[] regret = medians(SearchSettings.of(Algorithm.CMA_ES, 0), Landscape.SPHERE, 16, 100,
                300);
        assertThat(regret[0]).isLessThan(0.011);
        assertThat(regret[1]).isLessThan(0.002);
    }

    @ParameterizedTest
    @CsvSource({"GA,16", "CMA_ES,16", "NSGA2,16", "GA,64", "CMA_ES,64", "NSGA2,64"})
    void everyAlgorithmBeatsRandomSearchOnQuantisedMerges(Algorithm algorithm, int genes)
            throws SearchException {
        double[] regret = medians(SearchSettings.of(algorithm, 0), Landscape.MERGE, genes, 100,
                300);
        double[] random = medians(SearchSettings.of(Algorithm.RANDOM, 0), Landscape.MERGE, genes,
                100, 300);
        assertThat(regret[0]).isLessThan(0.75 * random[0]);
        assertThat(regret[1]).isLessThan(0.5 * random[1]);
    }

    @Test
    void startingAtTheCentreSavesEvaluations() throws SearchException {
        var settings = SearchSettings.of(Algorithm.GA, 0);
        double[] centre = medians(settings, Landscape.SPHERE, 16, 100);
        double[] uniform = medians(settings.with("start", "uniform"), Landscape.SPHERE, 16, 100);
        assertThat(centre[0]).isLessThan(0.6 * uniform[0]);
    }
}
