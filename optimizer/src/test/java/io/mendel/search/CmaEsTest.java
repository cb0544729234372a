package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CmaEsTest {

    private interface Function {
        double minimised(double[] x);
    }

    private static double best(int genes, int evaluations, long seed, Function function) {
        var strategy = Strategies.create(SearchSettings.of(Algorithm.CMA_ES, seed),
                SearchProblem.continuous(genes));
        double best = Double.POSITIVE_INFINITY;
        int done = 0;
        while (done < evaluations) {
            var told = strategy.ask()
                    .stream()
                    .map(x -> Scored.of(x, -function.minimised(x)))
                    .toList();
            done += told.size();
            best = Math.min(best,
                    told.stream().mapToDouble(s -> -s.objectives()[0]).min().orElseThrow());
            strategy.tell(told);
        }
        return best;
    }

    @Test
    void learnsCorrelationsOfARotatedEllipsoid() {
        // Each neighbouring pair is rotated by 45 degrees; the axes' lengths differ by 100.
        double best = best(10, 5500, 1, x -> {
            double sum = 0;
            for (int i = 0; i < 10; i += 2) {
                double u = x[i] + x[i + 1] - 1.1;
                double v = x[i] - x[i + 1] + 0.2;
                sum += u * u + 1e4 * v * v;
            }
            return sum;
        });
        assertThat(best).isLessThan(1e-6);
    }

    @Test
    void diagonalLearnsTheScalesOfManyGenes() {
        double best = best(64, 12_000, 1, x -> {
            double sum = 0;
            for (int i = 0; i < 64; i++) {
                sum += Math.pow(1e3, i / 63.0) * (x[i] - 0.4) * (x[i] - 0.4);
            }
            return sum;
        });
        assertThat(best).isLessThan(1e-4);
    }

    @Test
    void findsAnOptimumInACorner() {
        assertThat(best(8, 1500, 3, x -> Arrays.stream(x).sum())).isLessThan(1e-3);
    }

    @Test
    void restartsEscapeALocalOptimum() {
        // A wide basin around the start and a narrower, deeper one elsewhere.
        assertThat(best(2, 6000, 2, x -> {
            double near = Math.hypot(x[0] - 0.5, x[1] - 0.5);
            double far = Math.hypot(x[0] - 0.1, x[1] - 0.9);
            return Math.min(near, 4 * far - 1);
        })).isLessThan(-0.99);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 12})
    void colouringAndWhiteningAgreeWithTheMatrix(int genes) {
        var random = GenerationRandom.of(5, genes);
        var full = new FullCovariance(genes);
        var matrix = new double[genes][genes];
        for (int i = 0; i < genes; i++) {
            matrix[i][i] = 1;
        }
        for (int round = 0; round < 20; round++) {
            double[] path = random.doubles(genes, -1, 1).toArray();
            double[] step = random.doubles(genes, -3, 3).toArray();
            full.update(0.8, 0.1, path, new double[]{0.2}, new double[][]{step});
            for (int i = 0; i < genes; i++) {
                for (int j = 0; j < genes; j++) {
                    matrix[i][j] = 0.8 * matrix[i][j] + 0.1 * path[i] * path[j]
                            + 0.2 * step[i] * step[j];
                }
            }
        }
        // Columns of A = colour(e_k) give C = A·Aᵀ; the whitened ones are orthonormal.
        var columns = new double[genes][];
        var white = new double[genes][];
        for (int k = 0; k < genes; k++) {
            var unit = new double[genes];
            unit[k] = 1;
            columns[k] = full.colour(unit);
            white[k] = full.whiten(columns[k]);
        }
        for (int i = 0; i < genes; i++) {
            for (int j = 0; j < genes; j++) {
                double sum = 0;
                double dot = 0;
                for (int k = 0; k < genes; k++) {
                    sum += columns[k][i] * columns[k][j];
                    dot += white[i][k] * white[j][k];
                }
                assertThat(sum).isCloseTo(matrix[i][j], within(1e-10));
                assertThat(dot).isCloseTo(i == j ? 1 : 0, within(1e-10));
            }
        }
    }

    @Test
    void goodSeedPullsTheSearch() {
        var seed = new double[12];
        Arrays.fill(seed, 0.95);
        var problem = SearchProblem.continuous(12);
        double without = regretAfter(problem);
        double with = regretAfter(problem.withSeeds(List.of(seed)));
        assertThat(with).isLessThan(without);
    }

    private static double regretAfter(SearchProblem problem) {
        double sum = 0;
        for (int seed = 0; seed < 5; seed++) {
            var strategy = Strategies.create(SearchSettings.of(Algorithm.CMA_ES, seed), problem);
            double mean = 0;
            for (int generation = 0; generation < 6; generation++) {
                var told = strategy.ask()
                        .stream()
                        .map(x -> Scored.of(x,
                                -Arrays.stream(x).map(v -> (v - 0.9) * (v - 0.9)).sum()))
                        .toList();
                mean = told.stream().mapToDouble(s -> -s.objectives()[0]).average().orElseThrow();
                strategy.tell(told);
            }
            sum += mean;
        }
        return sum;
    }
}
