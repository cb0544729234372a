package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all strategies promise. */
class SearchStrategyTest {
    private static double[] tenths(double[] genes) {
        return Arrays.stream(genes).map(x -> Math.round(x * 10) / 10.0).toArray();
    }

    /** Two objectives; every vector with a first gene below 0.3 fails. */
    private static Scored score(double[] x) {
        return x[0] < 0.3
                ? Scored.failed(x)
                : Scored.of(x, -x[0], -Math.abs(x[1] - x[0] * x[0]) + x[2]);
    }

    private static List<Scored> scores(List<double[]> asked) {
        return asked.stream().map(SearchStrategyTest::score).toList();
    }

    private static SearchStrategy strategy(Algorithm algorithm, long seed) {
        return Strategies.create(SearchSettings.of(algorithm, seed), SearchProblem.continuous(4));
    }

    private static List<List<Double>> trajectory(SearchStrategy strategy, int generations) {
        var trajectory = new ArrayList<List<Double>>();
        while (strategy.generation() < generations) {
            var asked = strategy.ask();
            asked.forEach(x -> trajectory.add(Arrays.stream(x).boxed().toList()));
            strategy.tell(scores(asked));
        }
        return trajectory;
    }

    @ParameterizedTest
    @EnumSource
    void sameSeedGivesTheSameTrajectoryAndAnotherSeedAnother(Algorithm algorithm) {
        var trajectory = trajectory(strategy(algorithm, 5), 40);
        assertThat(trajectory(strategy(algorithm, 5), 40)).isEqualTo(trajectory);
        assertThat(trajectory(strategy(algorithm, 6), 40)).isNotEqualTo(trajectory);
    }

    @ParameterizedTest
    @EnumSource
    void replayOfRecordedScoresContinuesTheTrajectory(Algorithm algorithm) {
        var whole = trajectory(strategy(algorithm, 9), 30);
        var log = new ArrayList<Scored>();
        var first = strategy(algorithm, 9);
        while (first.generation() < 13) {
            var told = scores(first.ask());
            log.addAll(told);
            first.tell(told);
        }
        var resumed = strategy(algorithm, 9);
        int next = 0;
        while (next < log.size()) {
            int size = resumed.ask().size();
            resumed.tell(log.subList(next, next + size));
            next += size;
        }
        assertThat(resumed.generation()).isEqualTo(13);
        assertThat(trajectory(resumed, 30)).isEqualTo(whole.subList(log.size(), whole.size()));
    }

    @ParameterizedTest
    @EnumSource
    void askingTwiceGivesEqualCopies(Algorithm algorithm) {
        var strategy = strategy(algorithm, 1);
        strategy.tell(scores(strategy.ask()));
        var asked = strategy.ask();
        var copies = asked.stream().map(double[]::clone).toList();
        asked.forEach(x -> Arrays.fill(x, 0));
        assertThat(strategy.ask()).usingRecursiveComparison().isEqualTo(copies);
    }

    @ParameterizedTest
    @EnumSource
    void allVectorsAreNewCanonicalAndInTheBox(Algorithm algorithm) {
        var problem = SearchProblem.continuous(4).withCanonical(SearchStrategyTest::tenths);
        var strategy = Strategies.create(SearchSettings.of(algorithm, 3), problem);
        var seen = new HashSet<List<Double>>();
        while (seen.size() < 600) {
            var asked = strategy.ask();
            for (double[] x : asked) {
                assertThat(Arrays.stream(x)).hasSize(4).allMatch(v -> v >= 0 && v <= 1);
                assertThat(tenths(x)).containsExactly(x);
                assertThat(seen.add(Arrays.stream(x).boxed().toList())).isTrue();
            }
            strategy.tell(scores(asked));
        }
    }

    @ParameterizedTest
    @EnumSource
    void usedUpSpaceIsReported(Algorithm algorithm) {
        var problem = SearchProblem.continuous(3)
                .withCanonical(x -> Arrays.stream(x).map(v -> v < 0.5 ? 0 : 1).toArray());
        var strategy = Strategies.create(SearchSettings.of(algorithm, 3), problem);
        var seen = new HashSet<List<Double>>();
        int generations = 0;
        while (!strategy.exhausted()) {
            strategy.ask().forEach(x -> seen.add(Arrays.stream(x).boxed().toList()));
            strategy.tell(scores(strategy.ask()));
            assertThat(++generations).isLessThan(10);
        }
        assertThat(seen).hasSize(8);
        assertThat(strategy.ask()).isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void failuresNeverStopTheSearch(Algorithm algorithm) {
        var strategy = strategy(algorithm, 2);
        for (int generation = 0; generation < 5; generation++) {
            strategy.tell(strategy.ask().stream().map(Scored::failed).toList());
        }
        assertThat(strategy.ask()).isNotEmpty();
        assertThat(strategy.generation()).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource(value = Algorithm.class, names = "RANDOM", mode = EnumSource.Mode.EXCLUDE)
    void seedsComeFirst(Algorithm algorithm) {
        double[] parent = {1, 0, 0.25, 1};
        double[] recipe = {0.5, 0.25, 0.5, 0.75};
        var problem = SearchProblem.continuous(4).withSeeds(List.of(parent, recipe, parent));
        var asked = Strategies.create(SearchSettings.of(algorithm, 2), problem).ask();
        assertThat(asked.get(0)).containsExactly(parent);
        assertThat(asked.get(1)).containsExactly(recipe);
        assertThat(asked.get(2)).isNotEqualTo(parent);
    }

    @ParameterizedTest
    @EnumSource
    void outcomesOfOtherCandidatesAreRefused(Algorithm algorithm) {
        var strategy = strategy(algorithm, 2);
        var told = new ArrayList<>(scores(strategy.ask()));
        assertThatThrownBy(() -> strategy.tell(told.subList(1, told.size())))
                .isInstanceOf(IllegalArgumentException.class);
        told.add(told.removeFirst());
        assertThatThrownBy(() -> strategy.tell(told)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("order");
        assertThat(strategy.generation()).isZero();
    }
}
