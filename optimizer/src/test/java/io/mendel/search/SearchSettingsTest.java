package io.mendel.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mendel.search.SearchException.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchSettingsTest {

    @Test
    void sectionOverridesTheTextbook() throws SearchException {
        var settings = SearchSettings
                .from(Map.of("algorithm", "cma_es", "seed", 7L, "population", 30, "crossover_eta",
                        3, "start", "uniform", "mutation_probability", 0.5));
        assertThat(settings)
                .isEqualTo(new SearchSettings(Algorithm.CMA_ES, 7, 30, 0, -1, 3, 0.5, 20,
                        SearchSettings.Start.UNIFORM, 1 / 6.0, -1));
        assertThat(SearchSettings.from(Map.of())).isEqualTo(SearchSettings.of(Algorithm.NSGA2, 42));
    }

    @Test
    void populationDependsOnTheAlgorithmUnlessGiven() throws SearchException {
        assertThat(SearchSettings.of(Algorithm.NSGA2, 1).population(64)).isEqualTo(24);
        assertThat(SearchSettings.of(Algorithm.CMA_ES, 1).population(64)).isEqualTo(16);
        assertThat(SearchSettings.of(Algorithm.CMA_ES, 1).with("population", 5).population(64))
                .isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({"population, 1", "population, -1", "population, 99999999999", "offspring, -1",
        "mutation_eta, -1", "correlations_after, -2", "crossover_eta, -2",
        "seed, 1.5", "start_sigma, 0", "crossover_probability, 1.01", "mutation_probability, -0.5"})
    void numbersOutOfRangeAreRefused(String key, String number) {
        Object value = number.contains(".")
                ? (Object) Double.valueOf(number)
                : (Object) Long.valueOf(number);
        assertThatThrownBy(() -> SearchSettings.from(Map.of(key, value)))
                .isInstanceOf(SearchException.class)
                .hasMessageContaining(key);
    }

    @Test
    void errorsHaveAKind() {
        assertThat(kind("algorithm", "nsga4")).isEqualTo(Kind.ALGORITHM);
        assertThat(kind("algorithm", List.of())).isEqualTo(Kind.ALGORITHM);
        assertThat(kind("populaton", 24)).isEqualTo(Kind.KEY);
        assertThat(kind("population", "many")).isEqualTo(Kind.TYPE);
        assertThat(kind("crossover_eta", "15")).isEqualTo(Kind.TYPE);
        assertThat(kind("crossover_eta", Double.NaN)).isEqualTo(Kind.RANGE);
        assertThat(kind("start", "corner")).isEqualTo(Kind.RANGE);
    }

    private static Kind kind(String key, Object value) {
        return catchThrowableOfType(SearchException.class,
                () -> SearchSettings.from(Map.of(key, value))).kind();
    }

    @Test
    void badProblemsAndOutcomesAreRefused() {
        assertThatThrownBy(() -> SearchProblem.continuous(0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SearchProblem.continuous(2).withSeeds(List.of(new double[]{0.5})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2 genes");
        assertThatThrownBy(
                () -> SearchProblem.continuous(1).withSeeds(List.of(new double[]{Double.NaN})))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[0, 1]");
        assertThatThrownBy(() -> Scored.of(new double[]{0.5}, Double.NaN))
                .hasMessageContaining("finite");
        assertThatThrownBy(() -> Scored.of(new double[]{0.5}))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
