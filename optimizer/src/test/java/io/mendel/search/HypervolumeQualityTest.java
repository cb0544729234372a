package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.mendel.results.pareto.Hypervolume;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HypervolumeQualityTest {

    private static double hypervolume(StandardProblem benchmark, long seed, int evaluations)
            throws SearchException {
        var settings = SearchSettings.of(Algorithm.NSGA2, seed)
                .with("population", 100)
                .with("start", "uniform");
        var strategy = new Nsga2(settings, SearchProblem.continuous(benchmark.genes()),
                objectives -> objectives);
        for (int done = 0; done < evaluations; done += 100) {
            strategy.tell(strategy.ask()
                    .stream()
                    .map(x -> Scored.of(x,
                            Arrays.stream(benchmark.minimised(x)).map(f -> -f).toArray()))
                    .toList());
        }
        var reference = new double[benchmark.objectives()];
        Arrays.fill(reference, -1.1);
        return Hypervolume.of(strategy.population().map(p -> p.fitness().objectives()).asList(),
                reference);
    }

    private static double median(StandardProblem benchmark, int seeds, int evaluations)
            throws SearchException {
        var volumes = new double[seeds];
        for (int seed = 0; seed < seeds; seed++) {
            volumes[seed] = hypervolume(benchmark, seed, evaluations);
        }
        Arrays.sort(volumes);
        System.Logger logger = System.getLogger(HypervolumeQualityTest.class.getName());
        logger.log(System.Logger.Level.INFO, "{0} after {1}: {2}", benchmark, evaluations,
                Arrays.toString(volumes));
        return volumes[seeds / 2];
    }

    /** The reference libraries' median is 0.771 after 5 000 evaluations, their 5th percentile 0.734. */
    @Test
    void shiftedZdt1IsLearntInFiveThousandEvaluations() throws SearchException {
        assertThat(median(StandardProblem.SHIFTED_ZDT1, 3, 5_000)).isGreaterThan(0.734);
    }

    /** The 5th percentile of the reference libraries where 10 000 evaluations are enough to tell. */
    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"ZDT1, 0.841", "SHIFTED_ZDT1, 0.834", "ZDT3, 1.283", "DTLZ2, 0.685"})
    void keepsUpWithTheReferenceLibrariesAtTenThousandEvaluations(StandardProblem benchmark, double bar)
            throws SearchException {
        assertThat(median(benchmark, 11, 10_000)).isGreaterThanOrEqualTo(bar);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void reachesTheReferenceLibrariesInTwentyFiveThousandEvaluations(StandardProblem benchmark)
            throws SearchException {
        assertThat(median(benchmark, 11, 25_000)).isBetween(benchmark.bar(), benchmark.optimum());
    }
}
