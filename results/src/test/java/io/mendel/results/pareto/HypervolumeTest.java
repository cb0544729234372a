package io.mendel.results.pareto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HypervolumeTest {
    private static double[] point(double... x) {
        return x;
    }

    @Test
    void oneObjectiveIsTheBestDistance() {
        assertThat(Hypervolume.of(List.of(point(3), point(5), point(-1)), point(1))).isEqualTo(4);
    }

    @Test
    void noPointDominatesNothing() {
        assertThat(Hypervolume.of(List.of(), point(0, 0))).isZero();
    }

    @Test
    void pointsOnOrBelowTheReferenceAddNothing() {
        assertThat(Hypervolume.of(List.of(point(2, 0), point(0, 2), point(-1, 5)), point(0, 0)))
                .isZero();
    }

    @Test
    void staircasesMatchHandComputedValues() {
        assertThat(Hypervolume.of(List.of(point(1, 3), point(2, 2), point(3, 1)), point(0, 0)))
                .isEqualTo(6);
        // Boxes 3·1·1, 1·3·1, 1·1·3 share the unit cube.
        assertThat(Hypervolume.of(List.of(point(3, 1, 1), point(1, 3, 1), point(1, 1, 3)),
                point(0, 0, 0)))
                .isEqualTo(7);
        // Two boxes of volume 2·2·2·1 that share the unit cube, and one that both cover.
        assertThat(Hypervolume.of(List.of(point(2, 2, 2, 1), point(1, 1, 1, 2), point(1, 1, 1, 1)),
                point(0, 0, 0, 0))).isEqualTo(9);
        // The four unit directions of length 2: the cube and four more cubes beside it.
        assertThat(Hypervolume.of(
                List.of(point(2, 1, 1, 1), point(1, 2, 1, 1), point(1, 1, 2, 1), point(1, 1, 1, 2)),
                point(0, 0, 0, 0))).isEqualTo(5);
    }

    @Test
    void pointsWithEqualCoordinatesAreCountedOnce() {
        assertThat(Hypervolume.of(List.of(point(1, 2), point(1, 2), point(1, 1)), point(0, 0)))
                .isEqualTo(2);
        assertThat(Hypervolume.of(
                List.of(point(2, 1, 1), point(2, 2, 1), point(2, 1, 2), point(2, 1, 2)),
                point(0, 0, 0))).isEqualTo(6);
    }

    /** 1.1² − area between the front and the axes, as in the usual ZDT tables. */
    @Test
    void denseZdt1FrontApproachesTheExactOptimum() {
        var points = new ArrayList<double[]>();
        int n = 20_000;
        for (int i = 0; i <= n; i++) {
            double f1 = i / (double) n;
            points.add(point(-f1, -(1 - Math.sqrt(f1))));
        }
        assertThat(Hypervolume.of(points, point(-1.1, -1.1))).isCloseTo(1.21 - 1 / 3.0,
                within(1e-4));
    }

    /** The unit sphere's octant is π/6 of the unit cube. */
    @Test
    void denseDtlz2FrontApproachesTheExactOptimum() {
        var points = new ArrayList<double[]>();
        int n = 200;
        for (int i = 0; i <= n; i++) {
            for (int j = 0; j <= n; j++) {
                double a = i * Math.PI / 2 / n;
                double b = j * Math.PI / 2 / n;
                points.add(point(-Math.cos(a) * Math.cos(b), -Math.cos(a) * Math.sin(b),
                        -Math.sin(a)));
            }
        }
        assertThat(Hypervolume.of(points, point(-1.1, -1.1, -1.1))).isCloseTo(1.331 - Math.PI / 6,
                within(0.01));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void agreesWithInclusionAndExclusion(int objectives) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(objectives);
        for (int round = 0; round < 30; round++) {
            // A coarse grid makes ties, duplicates and dominated points.
            var points = new ArrayList<double[]>();
            for (int i = 0; i < 9; i++) {
                points.add(random.ints(objectives, -1, 5).asDoubleStream().toArray());
            }
            assertThat(Hypervolume.of(points, new double[objectives])).isCloseTo(
                    inclusionExclusion(points),
                    within(1e-9));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 6})
    void orderOfObjectivesDoesNotMatter(int objectives) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        List<double[]> points = random(random, 40, objectives);
        List<double[]> rotated = points.stream().map(HypervolumeTest::rotate).toList();
        assertThat(Hypervolume.of(rotated, new double[objectives]))
                .isCloseTo(Hypervolume.of(points, new double[objectives]), within(1e-12));
    }

    @Test
    void badInputIsRefused() {
        assertThatThrownBy(() -> Hypervolume.of(List.of(point(1, 2, 3)), point(0, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[1.0, 2.0, 3.0]");
        assertThatThrownBy(() -> Hypervolume.of(List.of(point(1, Double.NaN)), point(0, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> Hypervolume.of(List.of(), point()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<double[]> random(RandomGenerator random, int n, int objectives) {
        var points = new ArrayList<double[]>();
        for (int i = 0; i < n; i++) {
            points.add(random.doubles(objectives).toArray());
        }
        return points;
    }

    private static double[] rotate(double[] p) {
        var rotated = new double[p.length];
        for (int i = 0; i < p.length; i++) {
            rotated[(i + 1) % p.length] = p[i];
        }
        return rotated;
    }

    private static double inclusionExclusion(List<double[]> points) {
        double volume = 0;
        for (int subset = 1; subset < 1 << points.size(); subset++) {
            double box = 1;
            for (int m = 0; m < points.getFirst().length; m++) {
                double edge = Double.POSITIVE_INFINITY;
                for (int i = 0; i < points.size(); i++) {
                    if ((subset >> i & 1) == 1) {
                        edge = Math.min(edge, points.get(i)[m]);
                    }
                }
                box *= Math.max(edge, 0);
            }
            volume += Integer.bitCount(subset) % 2 == 1 ? box : -box;
        }
        return volume;
    }
}
