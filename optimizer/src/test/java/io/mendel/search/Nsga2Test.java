package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.results.pareto.Dominance;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class Nsga2Test {

    private static Nsga2 nsga2(SearchSettings settings, SearchProblem problem) {
        return new Nsga2(settings, problem, objectives -> objectives);
    }

    @Test
    void firstGenerationLiesAroundTheCentre() throws SearchException {
        var settings = SearchSettings.of(Algorithm.NSGA2, 4)
                .with("population", 2000)
                .with("start_sigma", 0.1);
        double[] centre = {0.5, 0.05};
        var asked = nsga2(settings,
                new SearchProblem(centre, List.of(), double[]::clone, x -> x[0])).ask();
        assertThat(asked.getFirst()).containsExactly(centre);
        double[] first = asked.stream().mapToDouble(x -> x[0]).toArray();
        double mean = Arrays.stream(first).average().orElseThrow();
        double deviation = Math.sqrt(
                Arrays.stream(first).map(x -> (x - mean) * (x - mean)).average().orElseThrow());
        assertThat(mean).isBetween(0.49, 0.51);
        assertThat(deviation).isBetween(0.095, 0.105);
        assertThat(asked.stream().filter(x -> x[1] == 0).count()).isZero();
    }

    @Test
    void moreSeedsThanThePopulationAreAllTried() throws SearchException {
        var seeds = List.of(new double[]{0.1}, new double[]{0.2}, new double[]{0.3});
        var settings = SearchSettings.of(Algorithm.NSGA2, 4)
                .with("population", 2)
                .with("offspring", 5);
        var strategy = nsga2(settings, SearchProblem.continuous(1).withSeeds(seeds));
        assertThat(strategy.ask()).hasSize(3);
        strategy.tell(strategy.ask().stream().map(x -> Scored.of(x, x[0])).toList());
        assertThat(strategy.ask()).hasSize(5);
        assertThat(strategy.population().map(Individuals::genes).asList()).containsExactly(
                new double[]{0.3},
                new double[]{0.2});
    }

    @Test
    void bestOfOneObjectiveIsNeverLost() {
        var strategy = nsga2(SearchSettings.of(Algorithm.NSGA2, 8), SearchProblem.continuous(10));
        double best = Double.NEGATIVE_INFINITY;
        double start = Double.NaN;
        for (int generation = 0; generation < 60; generation++) {
            var told = strategy.ask()
                    .stream()
                    .map(x -> Scored.of(x, -Arrays.stream(x).map(v -> (v - 0.7) * (v - 0.7)).sum()))
                    .toList();
            best = Math.max(best,
                    told.stream().mapToDouble(s -> s.objectives()[0]).max().orElseThrow());
            start = generation == 0 ? best : start;
            strategy.tell(told);
            var survivors = strategy.population().map(p -> p.fitness().objectives()[0]).asList();
            assertThat(survivors.getFirst()).isEqualTo(best);
            assertThat(survivors).isSortedAccordingTo(Collections.reverseOrder());
        }
        assertThat(best).isGreaterThan(start / 50);
    }

    @Test
    void survivorsAreNotDominatedByTheDead() {
        var strategy = nsga2(SearchSettings.of(Algorithm.NSGA2, 8), SearchProblem.continuous(6));
        for (int generation = 0; generation < 20; generation++) {
            var before = strategy.population().map(p -> p.fitness().objectives()).asList();
            strategy.tell(strategy.ask()
                    .stream()
                    .map(x -> Scored.of(x, StandardProblem.ZDT6.minimised(x)))
                    .toList());
            var after = strategy.population().map(p -> p.fitness().objectives()).asList();
            var worst = after.getLast();
            assertThat(before.stream().filter(p -> !after.contains(p)))
                    .noneMatch(dead -> after.stream()
                            .allMatch(alive -> Dominance.dominates(dead, alive)));
            assertThat(after).noneMatch(alive -> Dominance.dominates(worst, alive));
        }
    }

    @Test
    void theGaSeesOnlyTheMainObjective() {
        var problem = new SearchProblem(new double[]{0.5, 0.5}, List.of(), double[]::clone,
                f -> f[1]);
        var strategy = Strategies.create(SearchSettings.of(Algorithm.GA, 1), problem);
        double best = 0;
        for (int generation = 0; generation < 40; generation++) {
            var told = strategy.ask().stream().map(x -> Scored.of(x, 1 - x[1], x[1])).toList();
            best = told.stream().mapToDouble(s -> s.objectives()[1]).average().orElseThrow();
            strategy.tell(told);
        }
        assertThat(best).isGreaterThan(0.9);
    }
}
