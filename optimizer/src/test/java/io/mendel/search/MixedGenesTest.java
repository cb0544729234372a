package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MixedGenesTest {
    /** A word of five, three numbers, and a word of three. */
    private static final GeneKinds KINDS = new GeneKinds(List.of(5, 0, 0, 0, 3));

    private static double[] canonical(double[] x) {
        var canonical = x.clone();
        for (int i = 0; i < x.length; i++) {
            canonical[i] = KINDS.isWord(i) ? KINDS.coordinate(i, KINDS.word(i, x[i])) : x[i];
        }
        return canonical;
    }

    private static SearchProblem problem() {
        return SearchProblem.continuous(5)
                .withKinds(KINDS)
                .withCanonical(MixedGenesTest::canonical);
    }

    /** Every word but the fourth of the first and the first of the second costs something, in no order. */
    private static double score(double[] x) {
        double[] first = {0.3, 0.5, 0.4, 0, 0.6};
        double[] second = {0, 0.4, 0.3};
        double sum = first[KINDS.word(0, x[0])] + second[KINDS.word(4, x[4])];
        for (int i = 1; i < 4; i++) {
            sum += (x[i] - 0.7) * (x[i] - 0.7);
        }
        return -sum;
    }

    @ParameterizedTest
    @EnumSource
    void theBestWordsAreFound(Algorithm algorithm) {
        int found = 0;
        for (int seed = 0; seed < 5; seed++) {
            var strategy = Strategies.create(SearchSettings.of(algorithm, seed), problem());
            var all = new ArrayList<Scored>();
            while (all.size() < 400) {
                var told = strategy.ask().stream().map(x -> Scored.of(x, score(x))).toList();
                all.addAll(told);
                strategy.tell(told);
            }
            double best = all.stream().mapToDouble(s -> s.objectives()[0]).max().orElseThrow();
            found += best > -0.2 ? 1 : 0;
        }
        assertThat(found).isGreaterThanOrEqualTo(4);
    }

    @Test
    void wordsAreSwappedAndNeverBlended() {
        var random = GenerationRandom.of(3, 1);
        var crossover = new SimulatedBinaryCrossover(1, 2, KINDS);
        int swapped = 0;
        for (int round = 0; round < 200; round++) {
            double[] a = {0.1, 0.2, 0.2, 0.2, 1 / 6.0};
            double[] b = {0.9, 0.8, 0.8, 0.8, 5 / 6.0};
            crossover.cross(a, b, random);
            assertThat(a[0]).isIn(0.1, 0.9);
            assertThat(a[0] + b[0]).isEqualTo(1);
            swapped += a[0] == 0.9 ? 1 : 0;
        }
        assertThat(swapped).isBetween(70, 130);
    }

    @Test
    void mutationDrawsEveryOtherWordAlike() {
        var random = GenerationRandom.of(3, 1);
        var mutation = new PolynomialMutation(1, 20, KINDS);
        var counts = new int[5];
        for (int round = 0; round < 4000; round++) {
            double[] x = {0.5, 0.5, 0.5, 0.5, 0.5};
            mutation.mutate(x, random);
            counts[KINDS.word(0, x[0])]++;
        }
        assertThat(counts[2]).isZero();
        assertThat(new int[]{counts[0], counts[1], counts[3], counts[4]})
                .satisfies(c -> assertThat(Arrays.stream(c)).allMatch(n -> n > 880 && n < 1120));
    }

    @Test
    void probabilitiesMoveToBetterWordsButNeverVanish() {
        var distribution = new CategoricalDistribution(List.of(3), 4);
        for (int round = 0; round < 100; round++) {
            distribution.update(List.of(new int[]{2}, new int[]{2}), new double[]{0.6, 0.4});
        }
        double[] q = distribution.of(0);
        assertThat(Arrays.stream(q).sum()).isCloseTo(1, within(1e-12));
        assertThat(q[2]).isGreaterThan(0.9);
        assertThat(q[0]).isGreaterThan(0.02);
    }

    /** What fails the constraint is better in the objective everywhere, so only the constraint keeps it out. */
    @ParameterizedTest
    @EnumSource(value = Algorithm.class, names = "RANDOM", mode = EnumSource.Mode.EXCLUDE)
    void constraintsBeatObjectives(Algorithm algorithm) {
        var strategy = Strategies.create(SearchSettings.of(algorithm, 4),
                SearchProblem.continuous(3));
        Predicate<Scored> met = scored -> scored.violation() == 0;
        List<Scored> last = List.of();
        for (int done = 0; done < 500; done += last.size()) {
            last = strategy.ask()
                    .stream()
                    .map(x -> Scored.of(x, x[0] + x[1], x[0] - x[1])
                            .violating(Math.max(0, x[0] - 0.4)))
                    .toList();
            strategy.tell(last);
        }
        assertThat(last.stream().filter(met).count()).isGreaterThan(last.size() / 3);
        var remembered = strategy.remembered();
        if (algorithm != Algorithm.MAP_ELITES && algorithm != Algorithm.GENOME) {
            assertThat(remembered).allMatch(x -> x[0] <= 0.4);
        }
    }

    @ParameterizedTest
    @EnumSource
    void rememberedCandidatesTakeNewScores(Algorithm algorithm) {
        var strategy = Strategies.create(SearchSettings.of(algorithm, 4),
                SearchProblem.continuous(3));
        for (int generation = 0; generation < 3; generation++) {
            strategy.tell(strategy.ask().stream().map(x -> Scored.of(x, x[0], x[1])).toList());
        }
        var before = strategy.remembered();
        var fewer = before.isEmpty() ? List.of(Scored.of(new double[3], 1, 1)) : List.<Scored>of();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> strategy.rescore(fewer))
                .isInstanceOf(IllegalArgumentException.class);
        // The worse they were, the better they are now; the first does not work any more.
        var rescored = new ArrayList<>(
                before.stream().map(x -> Scored.of(x, 1 - x[0], 1 - x[1])).toList());
        if (!rescored.isEmpty()) {
            rescored.set(0, Scored.failed(before.getFirst()));
        }
        strategy.rescore(rescored);
        if (before.size() > 1 && algorithm != Algorithm.NSGA2 && algorithm != Algorithm.GA) {
            assertThat(strategy.remembered()).isNotEmpty().doesNotContain(before.getFirst());
        }
        strategy.tell(strategy.ask().stream().map(x -> Scored.of(x, x[0], x[1])).toList());
        assertThat(strategy.ask()).isNotEmpty();
    }
}
