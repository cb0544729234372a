package io.mendel.results.pareto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class NonDominatedSortingTest {
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    @Test
    void dominanceNeedsOneStrictImprovement() {
        assertThat(Dominance.dominates(new double[]{1, 2}, new double[]{1, 1})).isTrue();
        assertThat(Dominance.dominates(new double[]{1, 1}, new double[]{1, 1})).isFalse();
        assertThat(Dominance.compare(new double[]{0, 1}, new double[]{1, 0})).isZero();
        assertThat(Dominance.compare(new double[]{0, 1}, new double[]{1, 1})).isNegative();
        assertThatThrownBy(() -> Dominance.dominates(new double[]{1}, new double[]{1, 1}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void frontsOfAHandMadeSet() {
        var points = List.of(new double[]{0, 0}, new double[]{2, 1}, new double[]{1, 2},
                new double[]{1, 1},
                new double[]{2, 1});
        assertThat(NonDominatedSorting.fronts(points)).containsExactly(new int[]{1, 2, 4},
                new int[]{3},
                new int[]{0});
    }

    @Test
    void noPointsHaveNoFronts() {
        assertThat(NonDominatedSorting.fronts(List.of())).isEmpty();
    }

    @Test
    void oneObjectiveSortsByValue() {
        var points = List.of(new double[]{1}, new double[]{3}, new double[]{2}, new double[]{3});
        assertThat(NonDominatedSorting.fronts(points)).containsExactly(new int[]{1, 3},
                new int[]{2}, new int[]{0});
    }

    @Test
    void everyPointOfAFrontIsDominatedFromTheFrontBeforeAndNotFromItsOwn() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
        var points = new ArrayList<double[]>();
        for (int i = 0; i < 300; i++) {
            points.add(random.ints(3, 0, 8).asDoubleStream().toArray());
        }
        List<int[]> fronts = NonDominatedSorting.fronts(points);
        assertThat(fronts.stream().mapToInt(f -> f.length).sum()).isEqualTo(300);
        for (int f = 0; f < fronts.size(); f++) {
            for (int i : fronts.get(f)) {
                assertThat(dominated(points, i, fronts.get(f))).isFalse();
                assertThat(f == 0 || dominated(points, i, fronts.get(f - 1))).isTrue();
            }
        }
    }

    /** Three objectives are sorted in another way than more; a constant fourth one changes nothing. */
    @Test
    void threeObjectivesAreSortedAsManyAre() {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(2);
        for (int round = 0; round < 200; round++) {
            int values = 1 + random.nextInt(12);
            var points = new ArrayList<double[]>();
            var longer = new ArrayList<double[]>();
            for (int i = 0; i < 60; i++) {
                double[] point = random.ints(3, -values, values)
                        .mapToDouble(x -> x == 0 && random.nextBoolean() ? -0.0 : x)
                        .toArray();
                points.add(point);
                longer.add(java.util.Arrays.copyOf(point, 4));
            }
            assertThat(NonDominatedSorting.fronts(points))
                    .containsExactly(NonDominatedSorting.fronts(longer).toArray(int[][]::new));
        }
    }

    private static boolean dominated(List<double[]> points, int i, int[] front) {
        for (int j : front) {
            if (Dominance.dominates(points.get(j), points.get(i))) {
                return true;
            }
        }
        return false;
    }

    @Test
    void crowdingIsTheNormalisedGapBetweenNeighbours() {
        var points = List.of(new double[]{0, 10}, new double[]{99, 99}, new double[]{4, 6},
                new double[]{5, 5},
                new double[]{10, 0});
        double[] distance = CrowdingDistance.of(points, new int[]{0, 2, 3, 4});
        assertThat(distance[0]).isEqualTo(INFINITY);
        assertThat(distance[1]).isCloseTo(0.5 + 0.5, within(1e-12));
        assertThat(distance[2]).isCloseTo(0.6 + 0.6, within(1e-12));
        assertThat(distance[3]).isEqualTo(INFINITY);
    }

    @Test
    void crowdingOfEqualPointsKeepsTheFirst() {
        var points = List.of(new double[]{1, 1}, new double[]{1, 1}, new double[]{1, 1});
        assertThat(CrowdingDistance.of(points, new int[]{0, 1, 2})).containsExactly(INFINITY, 0, 0);
        assertThat(CrowdingDistance.of(points, new int[0])).isEmpty();
    }

    @Test
    void crowdingIgnoresAnObjectiveInWhichAllAgree() {
        var points = List.of(new double[]{0, 7}, new double[]{1, 7}, new double[]{4, 7});
        assertThat(CrowdingDistance.of(points, new int[]{0, 1, 2})).containsExactly(INFINITY, 1,
                INFINITY);
    }
}
