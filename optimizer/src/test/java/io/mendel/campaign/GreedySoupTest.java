package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.campaign.GreedySoup.Soup;
import io.mendel.campaign.GreedySoup.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Checks the algorithm against the golden numbers of the method specification (methods.json). */
class GreedySoupTest {

    private static final Path GOLDEN = Path
            .of("../evaluator/src/test/resources/golden/methods.json");

    @Test
    void addsModelsWhileTheScoreRises() throws Exception {
        JsonNode golden = new ObjectMapper().readTree(GOLDEN.toFile());
        JsonNode expected = golden.get("greedy_soup");
        List<double[]> models = new ArrayList<>();
        for (int m = 1; m <= 3; m++) {
            double[] model = numbers(golden.at("/F1/base"));
            double[] delta = numbers(golden.at("/F1/tau" + m));
            for (int i = 0; i < model.length; i++) {
                model[i] += delta[i];
            }
            models.add(model);
        }
        double[] target = numbers(expected.get("target"));

        Soup soup = new GreedySoup(false).cook(3, ingredients -> {
            double score = 0;
            for (int i = 0; i < target.length; i++) {
                double mean = 0;
                for (int m : ingredients) {
                    mean += models.get(m)[i] / ingredients.size();
                }
                score -= (mean - target[i]) * (mean - target[i]);
            }
            return score;
        });

        for (int m = 0; m < 3; m++) {
            assertThat(soup.single().get(m)).isCloseTo(expected.get("single").get(m).asDouble(),
                    within(2e-6));
        }
        assertThat(soup.order()).containsExactly(1, 0, 2);
        assertThat(soup.ingredients()).containsExactly(1, 0);
        assertThat(soup.trace()).hasSize(2);
        for (int s = 0; s < 2; s++) {
            JsonNode step = expected.get("trace").get(s);
            Step actual = soup.trace().get(s);
            assertThat(actual.model()).isEqualTo(step.get(0).asInt());
            assertThat(actual.score()).isCloseTo(step.get(1).asDouble(), within(2e-6));
            assertThat(actual.accepted()).isEqualTo(step.get(2).asBoolean());
        }
    }

    @Test
    void tiesAreAcceptedOnRequestOnly() throws Exception {
        assertThat(new GreedySoup(false).cook(3, _ -> 0.5).ingredients()).containsExactly(0);
        assertThat(new GreedySoup(true).cook(3, _ -> 0.5).ingredients()).containsExactly(0, 1, 2);
    }

    @Test
    void aModelWithoutAScoreIsLeftOut() throws Exception {
        Soup soup = new GreedySoup(true).cook(2,
                ingredients -> ingredients.contains(0) ? Double.NaN : 0.25);
        assertThat(soup.ingredients()).containsExactly(1);
        assertThat(soup.score()).isEqualTo(0.25);
    }

    private static double[] numbers(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asDouble();
        }
        return values;
    }
}
