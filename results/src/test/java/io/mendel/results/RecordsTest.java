package io.mendel.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mendel.results.pareto.Direction;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsTest {
    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void scoresAndObjectivesMustBeFinite(double value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scores.of(Map.of("t", Map.of("acc", value))))
                .withMessageContaining("metric of t (acc)")
                .withMessageContaining("failed");
        assertThatIllegalArgumentException().isThrownBy(
                () -> new Outcome.Finished(new TreeMap<>(Map.of("know", value)), Scores.none(),
                        List.of()))
                .withMessageContaining("objective (know)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Candidate(0, 0, 0, "o", List.of(value), "{}", "d"))
                .withMessageContaining("genes");
        assertThatIllegalArgumentException().isThrownBy(
                () -> new Evaluation(new EvaluationKey("a", "b", "c"), new Outcome.Failed("x"),
                        value));
    }

    @Test
    void scoresTellWhatWasNotMeasured() {
        var scores = DemoCampaign.scores(0.5);
        assertThat(scores.value("know_ja", "acc")).isEqualTo(0.5);
        assertThat(scores.stderr("know_ja", "acc")).isPositive();
        assertThat(scores.stderr("know_ja", "choice_probability")).isNaN();
        assertThat(scores.value("absent", "acc")).isNaN();
    }

    @Test
    void itemsOfAnOutcomeAreSorted() {
        var a = new ItemScores("a", "acc", new int[]{1}, new double[]{1});
        var b = new ItemScores("a", "f1", new int[]{1}, new double[]{1});
        assertThat(new Outcome.Finished(new TreeMap<>(), Scores.none(), List.of(b, a)))
                .isEqualTo(new Outcome.Finished(new TreeMap<>(), Scores.none(), List.of(a, b)));
    }

    @Test
    void objectiveNamesAreUnique() {
        var objective = new ObjectiveDefinition("x", Direction.MINIMIZE, null, "layers");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CampaignInfo("n", "", 1, List.of(), "s",
                        List.of(objective, objective), "x", List.of()))
                .withMessageContaining("(x)");
    }

    @Test
    void betterFollowsTheDirection() {
        assertThat(Direction.MAXIMIZE.better(2, 1)).isTrue();
        assertThat(Direction.MINIMIZE.better(2, 1)).isFalse();
        assertThat(Direction.MINIMIZE.better(Double.NaN, 1)).isFalse();
    }
}
