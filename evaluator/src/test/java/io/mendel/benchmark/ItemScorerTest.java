package io.mendel.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Expected numbers are worked out by hand. */
class ItemScorerTest {

    @TempDir
    Path folder;

    private Task task;
    private ItemScorer scorer;

    @BeforeEach
    void choices() throws Exception {
        task = new TaskFolder(folder)
                .file("d.jsonl", "{\"q\": \"Q\", \"c\": [\"ab\", \"日本\", \"a\"], \"a\": 1}",
                        "{\"q\": \"R\", \"c\": [\"ab\", \"cd\"], \"a\": 7}")
                .task("task: t", "dataset_path: json", "dataset_kwargs: {data_files: d.jsonl}",
                        "validation_split: train", "output_type: multiple_choice", "doc_to_text: q",
                        "doc_to_choice: c", "doc_to_target: a",
                        "metric_list: [{metric: acc}, {metric: acc_norm}, {metric: acc_bytes}, {metric: exact_match}]");
        scorer = new ItemScorer(task.config());
    }

    private Item item(int id) throws TaskException {
        return task.items("train").get(id);
    }

    @Test
    void accuraciesNormalizeByCharactersAndBytes() throws Exception {
        // per character -1.5, -1.4, -2.0; per byte -1.5, -0.47, -2.0
        ItemResult result = scorer.likelihoods(item(0), List.of(-3.0, -2.8, -2.0),
                List.of(false, true, false));
        assertThat(result.metrics()).containsEntry("acc", 0.0)
                .containsEntry("acc_norm", 1.0)
                .containsEntry("acc_bytes", 1.0)
                .containsEntry("exact_match", 1.0);
        assertThat(result.output()).isEqualTo("a");
    }

    @Test
    void smoothMetricsFollowTheRightChoice() throws Exception {
        ItemResult result = scorer.likelihoods(item(0),
                List.of(Math.log(0.1), Math.log(0.3), Math.log(0.2)), List.of(false, true, false));
        assertThat(result.metrics().get("choice_probability")).isCloseTo(0.5, within(1e-12));
        assertThat(result.metrics().get("soft_acc")).as("0.3³ / (0.1³ + 0.3³ + 0.2³)")
                .isCloseTo(0.75, within(1e-12));
        assertThat(result.metrics().get("loglikelihood")).isEqualTo(Math.log(0.3));
    }

    @Test
    void firstOfEqualChoicesWins() throws Exception {
        assertThat(
                scorer.likelihoods(item(0), List.of(-2.0, -2.0, -2.0), List.of(false, false, false))
                        .metrics())
                .containsEntry("acc", 0.0);
        assertThat(
                scorer.likelihoods(item(0), List.of(-3.0, -2.0, -2.0), List.of(false, false, false))
                        .metrics())
                .containsEntry("acc", 1.0);
    }

    @Test
    void labelsOutOfRangeAreNeverRight() throws Exception {
        ItemResult result = scorer.likelihoods(item(1), List.of(-1.0, -2.0), List.of(true, false));
        assertThat(result.metrics()).containsEntry("acc", 0.0)
                .containsEntry("exact_match", 0.0)
                .containsEntry("choice_probability", 0.0)
                .doesNotContainKey("loglikelihood");
        EvaluationResult both = EvaluationResult.of(Benchmark.of(List.of(task)),
                List.of(result, scorer.likelihoods(item(0), List.of(-3.0, -1.0, -2.0),
                        List.of(true, false, true))));
        assertThat(both.score("t", "acc")).isEqualTo(0.5);
        assertThat(both.score("t", "loglikelihood")).isEqualTo(-1.0);
    }

    @Test
    void notANumberIsWrongAndVisible() throws Exception {
        ItemResult result = scorer.likelihoods(item(0), List.of(-3.0, Double.NaN, -2.0),
                List.of(false, true, false));
        assertThat(result.finite()).isFalse();
        assertThat(result.metrics()).containsEntry("acc", 0.0)
                .containsEntry("acc_norm", 0.0)
                .containsEntry("exact_match", 0.0);
        EvaluationResult evaluation = EvaluationResult.of(Benchmark.of(List.of(task)),
                List.of(result));
        assertThat(evaluation.finite()).isFalse();
        assertThat(evaluation.score("t", "acc")).isZero();
        assertThat(evaluation.score("t", "choice_probability")).isNaN();
        assertThat(evaluation.standardError("t", "acc")).isEmpty();
    }

    @Test
    void resultsSurviveJson() throws Exception {
        ItemResult result = scorer.likelihoods(item(0), List.of(-1.0 / 3, Double.NaN, -2.0),
                List.of(false, true, false));
        assertThat(ItemResult.fromJson(new ObjectMapper().readTree(result.toJson().toString())))
                .isEqualTo(result);
        var rolling = new ItemResult("r", 3, List.of(-7.25), List.of(false), "", Map.of(),
                Map.of("bits_per_byte", -7.25),
                Map.of("bits_per_byte", 12.0));
        assertThat(ItemResult.fromJson(new ObjectMapper().readTree(rolling.toJson().toString())))
                .isEqualTo(rolling);
        assertThat(rolling.toJson().toString())
                .startsWith("{\"task\":\"r\",\"doc_id\":3,\"loglikelihoods\":[-7.25]");
    }

    @Test
    void aggregationsFollowTheirFormulas() {
        var values = List.of(new Aggregation.Score(-2, 1), new Aggregation.Score(-4, 3));
        assertThat(Aggregation.MEAN.of(values)).isEqualTo(-3);
        assertThat(Aggregation.MEDIAN.of(values)).isEqualTo(-2);
        assertThat(Aggregation.PERPLEXITY.of(values)).isEqualTo(Math.exp(3));
        assertThat(Aggregation.WEIGHTED_PERPLEXITY.of(values)).isEqualTo(Math.exp(1.5));
        assertThat(Aggregation.BITS_PER_BYTE.of(values)).isEqualTo(1.5 / Math.log(2));
        assertThat(Aggregation.MEAN.standardError(values)).hasValue(1);
        assertThat(Aggregation.WEIGHTED_PERPLEXITY.standardError(values)).isEmpty();
        assertThat(Aggregation.MEAN.of(List.of())).isNaN();
    }
}
