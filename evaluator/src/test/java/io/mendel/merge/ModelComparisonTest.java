package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.DType;
import io.mendel.merge.TestModels.TestTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelComparisonTest {

    @TempDir
    Path folder;

    @Test
    void normsAndAnglesOfDeltasAreThoseOfTheFormulas() throws Exception {
        var models = new LinkedHashMap<String, Checkpoint>();
        models.put("base", model("base", vector(3, 4), vector(1, 0)));
        models.put("a", model("a", vector(3, 5), vector(1, 2)));
        models.put("b", model("b", vector(4, 4), vector(1, -1)));

        ModelComparison comparison = ModelComparison.of(models, 2);

        assertThat(comparison.models()).containsExactly("base", "a", "b");
        assertThat(comparison.unmatched()).isEmpty();
        assertThat(comparison.groups()).extracting(ModelComparison.Group::name)
                .containsExactly("layer 0", "layer 1", "all");
        var first = comparison.groups().get(0);
        assertThat(first.norm()).isEqualTo(5);
        assertThat(first.deltaNorms()).containsExactly(1.0, 1.0);
        assertThat(first.deltaCosines().get(0).get(1)).isZero();
        assertThat(first.cosines().get(0)).isCloseTo(29 / (5 * Math.sqrt(34)), within(1e-12));
        var second = comparison.groups().get(1);
        assertThat(second.deltaNorms()).containsExactly(2.0, 1.0);
        assertThat(second.deltaCosines().get(0).get(1)).isEqualTo(-1);
        var all = comparison.groups().get(2);
        assertThat(all.elements()).isEqualTo(4);
        assertThat(all.deltaNorms().get(0)).isCloseTo(Math.sqrt(5), within(1e-12));
        assertThat(all.deltaCosines().get(0).get(1)).isCloseTo(-2 / Math.sqrt(10), within(1e-12));
        models.values().forEach(Checkpoint::close);
    }

    @Test
    void deltasThatAreNotIndependentAreNamed() throws Exception {
        var models = new LinkedHashMap<String, Checkpoint>();
        models.put("base", model("base", vector(0, 0), vector(0, 0)));
        models.put("a", model("a", vector(1, 0), vector(0, 1)));
        models.put("b", model("b", vector(1, 1), vector(1, 0)));
        models.put("c", model("c", vector(0, 1), vector(3, 0)));

        ModelComparison comparison = ModelComparison.of(models, 1);

        assertThat(comparison.tensors()).extracting(ModelComparison.Group::name)
                .containsExactly("model.layers.0.w", "model.layers.1.w");
        assertThat(comparison.tensors().get(0).deltaCosines().get(0).get(1))
                .isCloseTo(Math.sqrt(.5), within(1e-12));
        assertThat(comparison.overlaps()).hasSize(2);
        var first = comparison.overlaps().get(0);
        assertThat(List.of(first.first(), first.second(), first.count())).containsExactly(0, 1, 1);
        assertThat(first.cosine()).isCloseTo(1 / Math.sqrt(6), within(1e-12));
        assertThat(first.largest().name()).isEqualTo("model.layers.0.w");
        var second = comparison.overlaps().get(1);
        assertThat(List.of(second.first(), second.second(), second.count()))
                .containsExactly(1, 2, 2);
        assertThat(second.largest().name()).isEqualTo("model.layers.1.w");
        models.values().forEach(Checkpoint::close);
    }

    /** Model Stock's angle is the mean over pairs of deltas. */
    @Test
    void anglesBetweenDeltasAreThoseOfTheMethodSpecification() throws Exception {
        JsonNode golden = new ObjectMapper().readTree(Path
                .of(System.getProperty("golden.dir", "src/test/resources/golden"), "methods.json")
                .toFile());
        float[] base = floats(golden.at("/F1/base"));
        float[][] deltas = {floats(golden.at("/F1/tau1")), floats(golden.at("/F1/tau2")),
            {.3f, -.2f, .1f, .05f, -.1f, .1f, 0, .4f}};
        var models = new LinkedHashMap<String, Checkpoint>();
        models.put("base", model("base", vector(base), vector(1)));
        for (int m = 0; m < 3; m++) {
            float[] model = base.clone();
            for (int i = 0; i < model.length; i++) {
                model[i] += deltas[m][i];
            }
            models.put("m" + m, model("m" + m, vector(model), vector(1)));
        }

        var angles = ModelComparison.of(models, 1).groups().getLast().deltaCosines();

        assertThat((angles.get(0).get(1) + angles.get(0).get(2) + angles.get(1).get(2)) / 3)
                .isCloseTo(golden.get("model_stock(tau3'=[.3,-.2,.1,.05,-.1,.1,0,.4])")
                        .get("cos")
                        .asDouble(), within(2e-6));
        models.values().forEach(Checkpoint::close);
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }

    @Test
    void tensorsThatDoNotMatchAreNamed() throws Exception {
        var models = new LinkedHashMap<String, Checkpoint>();
        models.put("base", model("base", vector(1, 2), vector(1)));
        models.put("other", TestModels.write(folder.resolve("other"), "{}", DType.F32,
                Map.of("model.layers.0.w", vector(1, 2, 3), "extra", vector(1))));

        ModelComparison comparison = ModelComparison.of(models, 1);

        assertThat(comparison.unmatched())
                .containsEntry("model.layers.0.w", "[2] in base, [3] in other")
                .containsEntry("model.layers.1.w", "missing in other")
                .containsEntry("extra", "missing in base");
        assertThat(comparison.groups()).singleElement()
                .extracting(ModelComparison.Group::elements)
                .isEqualTo(0L);
        models.values().forEach(Checkpoint::close);
    }

    @Test
    void oneThreadAndSeveralGiveTheSameSums() throws Exception {
        float[] values = new float[20_011];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i * .7);
        }
        float[] others = values.clone();
        for (int i = 0; i < others.length; i++) {
            others[i] += (float) Math.cos(i * .3) / 64;
        }
        var models = new LinkedHashMap<String, Checkpoint>();
        models.put("base", model("base", vector(values), vector(others)));
        models.put("other", model("other", vector(others), vector(values)));

        assertThat(ModelComparison.of(models, 3)).isEqualTo(ModelComparison.of(models, 1));
        models.values().forEach(Checkpoint::close);
    }

    private static TestTensor vector(float... values) {
        return new TestTensor(List.of((long) values.length), values);
    }

    private Checkpoint model(String name, TestTensor first, TestTensor second) throws Exception {
        return TestModels.write(folder.resolve(name), "{}", DType.F32,
                Map.of("model.layers.0.w", first, "model.layers.1.w", second));
    }
}
