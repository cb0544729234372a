package io.mendel.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mendel.space.DataFlowSettings.Encoding;
import io.mendel.space.DataFlowSettings.Merge;
import io.mendel.space.DataFlowSettings.Model;
import io.mendel.space.ParameterSpaceSettings.Range;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DataFlowSpaceTest {

    private static final Range SCALES = new Range(0.4, 1.5);

    private static List<Model> models(int... layers) {
        var models = new ArrayList<Model>();
        for (int i = 0; i < layers.length; i++) {
            String name = String.valueOf((char) ('a' + i));
            models.add(new Model("m/" + name, name, layers[i]));
        }
        return models;
    }

    private static DataFlowSpace space(Encoding encoding, int repeats, int min, int max,
            boolean fixedEnds, int... layers) {
        return new DataFlowSpace(new DataFlowSettings(models(layers), encoding, repeats, min, max,
                SCALES, fixedEnds, 1 / 6.0, null));
    }

    private static DataFlowSpace joint(Encoding encoding, MergeMethod method) {
        var merge = new Merge(method, "base", new Range(0, 2), new Range(0.05, 1),
                List.of("model.embed_tokens", "model.norm"), 7);
        return new DataFlowSpace(new DataFlowSettings(models(4, 4), encoding, 1, 2, 8, SCALES,
                true, 1 / 6.0, merge));
    }

    /** Such as {@code a0 b1}. */
    private static String path(Recipe recipe) {
        var steps = new ArrayList<String>();
        for (Slice slice : recipe.slices()) {
            Source source = slice.sources().getFirst();
            LayerRange layers = Objects.requireNonNull(source.layers());
            assertThat(layers.size()).isEqualTo(1);
            steps.add(ParameterSpace.label(source.model()) + layers.start());
        }
        return String.join(" ", steps);
    }

    private static int place(SearchSpace space, String gene) {
        int place = space.genes().stream().map(Gene::name).toList().indexOf(gene);
        assertThat(place).as(gene).isNotNegative();
        return place;
    }

    /** Numbers worked out by hand from the paper's definition. */
    @Test
    void thePapersEncodingGivesThePathAndTheScalesOfItsDefinition() {
        DataFlowSpace space = space(Encoding.PAPER, 2, 1, 8, false, 4);
        double[] indicators = {0.9, 0.2, -0.1, 0.3, -0.5, 0.4, 0.4, -0.1};
        double[] vector = space.centre();
        for (int i = 0; i < indicators.length; i++) {
            vector[i] = (indicators[i] + 1) / 2;
        }
        vector[place(space, "scale a.0 to a.1")] = (1.1 - 0.4) / 1.1;
        vector[place(space, "scale a.1 to a.3")] = (0.9 - 0.4) / 1.1;
        vector[place(space, "scale a.3 to a.1")] = (0.8 - 0.4) / 1.1;

        Recipe recipe = space.decode(vector);

        assertThat(path(recipe)).isEqualTo("a0 a1 a3 a1 a2");
        assertThat(recipe.scales()).containsExactly(1.0, 1.1, 0.9, 0.8, 1.0);
        assertThat(space.genes()).hasSize(8 + 16);
    }

    @Test
    void thePapersSearchStartsAtTheFirstModelsOwnPathWithAMarginOfTwoSteps() {
        DataFlowSpace space = space(Encoding.PAPER, 3, 2, 40, true, 4, 3);

        assertThat(path(space.decode(space.centre()))).isEqualTo("a0 a1 a2 a3");
        assertThat(space.centre()[place(space, "use a.1, pass 1")]).isCloseTo(0.5 + 2 / 6.0,
                within(1e-12));
        assertThat(space.centre()[place(space, "use b.1, pass 1")]).isEqualTo(0.5);
        assertThat(space.centre()[place(space, "use a.1, pass 2")]).isEqualTo(0.5);
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void aSearchKnowsEveryParentsOwnPath(Encoding encoding) {
        DataFlowSpace space = space(encoding, 1, 2, 20, true, 4, 3, 4);

        assertThat(space.seeds()).extracting(SearchSpace.Seed::name)
                .containsExactly("path:a", "path:b", "path:c");
        assertThat(space.seeds()).extracting(seed -> path(space.decode(seed.vector())))
                .first()
                .isEqualTo("a0 a1 a2 a3");
        assertThat(path(space.decode(space.seeds().get(2).vector()))).contains("c1 c2")
                .startsWith("a0")
                .endsWith("a3");
        assertThat(space.decode(space.seeds().getFirst().vector()).scales()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void everyVectorIsAPathWithinTheLimitsAndHasOneRepresentative(Encoding encoding) {
        DataFlowSpace space = space(encoding, 2, 3, 7, true, 5, 4, 6);
        var random = new SplittableRandom(3);
        for (int i = 0; i < 300; i++) {
            double[] vector = random.doubles(space.genes().size()).toArray();
            Recipe recipe = space.decode(vector);
            double[] snapped = space.snap(vector);

            assertThat(recipe.slices().size()).isBetween(3, 7);
            assertThat(path(recipe)).startsWith("a0 ").endsWith(" a4");
            assertThat(space.decode(snapped)).isEqualTo(recipe);
            assertThat(space.snap(snapped)).containsExactly(snapped);
            assertThat(recipe.scales().isEmpty() ? 1 : recipe.scales().getFirst()).isEqualTo(1);
            assertThat(recipe.scales()).allSatisfy(s -> assertThat(s).isBetween(0.4, 1.5));
        }
    }

    @Test
    void genesOfEmptySlotsDoNotTellEqualPathsApart() {
        DataFlowSpace space = space(Encoding.COMPACT, 1, 2, 8, true, 4, 4);
        double[] one = space.seeds().getFirst().vector().clone();
        one[place(space, "layer 1")] = 0.1;
        double[] other = one.clone();
        other[place(space, "layer 1 scale")] = 0.9;

        assertThat(space.snap(other)).containsExactly(space.snap(one));
        assertThat(path(space.decode(one))).isEqualTo("a0 a2 a3");
    }

    @ParameterizedTest
    @EnumSource(value = Encoding.class, names = {"COMPACT", "EDITS"})
    void movesStayInTheSpaceAndDependOnTheirArgumentsAlone(Encoding encoding) {
        for (DataFlowSpace space : List.of(space(encoding, 2, 3, 9, true, 5, 4, 6),
                space(encoding, 1, 1, 9, false, 3, 3), joint(encoding, MergeMethods.TIES))) {
            Variation moves = Objects.requireNonNull(space.variation());
            var random = new SplittableRandom(5);
            var again = new SplittableRandom(5);
            double[] one = space.seeds().getFirst().vector();
            double[] other = one;
            var paths = new ArrayList<String>();
            for (int i = 0; i < 300; i++) {
                double[] child = i % 3 == 0
                        ? moves.crossed(one, other, random)
                        : i % 10 == 1 ? moves.start(random) : moves.mutated(one, random);
                double[] twin = i % 3 == 0
                        ? moves.crossed(one, other, again)
                        : i % 10 == 1 ? moves.start(again) : moves.mutated(one, again);
                assertThat(child).containsExactly(twin);
                assertThat(space.snap(child)).containsExactly(child);
                paths.add(space.decode(child).digest());
                other = one;
                one = child;
            }
            assertThat(paths.stream().distinct().count()).isGreaterThan(15);
        }
    }

    @Test
    void aSplicedPathGoesOnAsDeepAsItWasCut() {
        DataFlowSpace space = space(Encoding.EDITS, 1, 2, 12, true, 6, 6);
        Variation moves = Objects.requireNonNull(space.variation());
        double[] a = space.seeds().getFirst().vector();
        double[] b = space.seeds().get(1).vector();
        var random = new SplittableRandom(1);
        var children = new ArrayList<String>();
        for (int i = 0; i < 60; i++) {
            children.add(path(space.decode(moves.crossed(a, b, random))));
        }

        assertThat(children).contains("a0 a1 b2 b3 b4 a5", "a0 a1 a2 a3 b4 a5")
                .allMatch(path -> path.matches("a0 [ab]1 [ab]2 [ab]3 [ab]4 a5"));
    }

    @Test
    void pathsOfOneStepAndOfTwoHundredAreWritten() {
        DataFlowSpace one = space(Encoding.COMPACT, 1, 1, 1, false, 6, 6);
        assertThat(path(one.decode(one.seeds().getFirst().vector()))).isEqualTo("a0");

        DataFlowSpace many = space(Encoding.EDITS, 1, 200, 200, true, 6, 6);
        assertThat(many.decode(many.seeds().getFirst().vector()).slices()).hasSize(200);
        DataFlowSpace thrice = space(Encoding.COMPACT, 3, 18, 18, true, 6, 6);
        assertThat(path(thrice.decode(thrice.seeds().getFirst().vector())))
                .isEqualTo("a0 a0 a0 a1 a1 a1 a2 a2 a2 a3 a3 a3 a4 a4 a4 a5 a5 a5");
    }

    @Test
    void everyStepOfAJointPathHasWeightsOfItsOwn() {
        DataFlowSpace space = joint(Encoding.COMPACT, MergeMethods.TASK_ARITHMETIC);
        double[] vector = space.centre();
        vector[place(space, "layer 2 b.weight")] = 0.25;
        vector[place(space, "outer.a.weight")] = 1;

        Recipe recipe = space.decode(vector);

        assertThat(recipe.method()).isEqualTo(MergeMethods.TASK_ARITHMETIC);
        assertThat(recipe.base()).isEqualTo("base");
        Source b = recipe.slices().get(2).sources().get(1);
        assertThat(b.layers()).isEqualTo(new LayerRange(2, 3));
        assertThat(b.parameters().get("weight")).isEqualTo(ParameterValue.of(0.5));
        ParameterValue outer = Objects
                .requireNonNull(
                        recipe.slices().getFirst().sources().getFirst().parameters().get("weight"));
        assertThat(outer.at("model.embed_tokens.weight", 0)).hasValue(2);
        assertThat(outer.at("model.layers.0.mlp.up_proj.weight", 1)).hasValue(1);
        assertThat(joint(Encoding.EDITS, MergeMethods.DARE_TIES).decode(
                joint(Encoding.EDITS, MergeMethods.DARE_TIES).centre()).seed()).isEqualTo(7);
    }

    @Test
    void onlyEqualPathsHaveAConsensusThatAveragesTheirScales() {
        DataFlowSpace space = space(Encoding.EDITS, 1, 2, 8, true, 4, 4);
        double[] own = space.seeds().getFirst().vector();
        double[] low = own.clone();
        low[place(space, "step 2 scale")] = 0.2;
        double[] high = own.clone();
        high[place(space, "step 2 scale")] = 0.4;
        double[] stranger = space.seeds().get(1).vector();

        double[] consensus = Objects.requireNonNull(
                space.consensus(List.of(stranger, space.snap(low), space.snap(high))));

        assertThat(path(space.decode(consensus))).isEqualTo("a0 a1 a2 a3");
        assertThat(space.decode(consensus).scales().get(2)).isEqualTo(0.73);
        assertThat(space.consensus(List.of(own, stranger))).isNull();
    }

    @Test
    void impossibleSpacesAreRefusedWithTheReason() {
        assertThatThrownBy(() -> space(Encoding.EDITS, 1, 1, 8, true, 4))
                .hasMessageContaining("min_layers at least 2");
        assertThatThrownBy(() -> space(Encoding.COMPACT, 1, 9, 9, true, 4))
                .hasMessageContaining("lay out only 4 layers");
        var merge = new Merge(MergeMethods.LINEAR, null, new Range(0, 1), new Range(0, 1),
                List.of(), 0);
        assertThatThrownBy(() -> new DataFlowSettings(models(4, 3), Encoding.EDITS, 1, 2, 8, null,
                true, 0.1, merge)).hasMessageContaining("one depth");
        assertThatThrownBy(() -> new DataFlowSettings(models(4, 4), Encoding.PAPER, 1, 2, 8, null,
                true, 0.1, merge)).hasMessageContaining("compact or edits");
        assertThatThrownBy(() -> new DataFlowSettings(models(4), Encoding.EDITS, 1, 2, 8,
                new Range(1.1, 2), true, 0.1, null)).hasMessageContaining("hold 1");
    }

    @Test
    void neighboursInTheOrderOfPathsBeginAlike() {
        DataFlowSpace space = space(Encoding.EDITS, 1, 2, 8, true, 4, 4);
        Variation moves = Objects.requireNonNull(space.variation());
        var random = new SplittableRandom(2);
        var recipes = new ArrayList<Recipe>();
        for (int i = 0; i < 40; i++) {
            recipes.add(space.decode(moves.start(random)));
        }
        int before = shared(recipes);
        recipes.sort(new PathOrder());

        assertThat(shared(recipes)).isGreaterThan(before);
        assertThat(new PathOrder().compare(Recipe.identity("x"), Recipe.identity("y"))).isZero();
    }

    private static int shared(List<Recipe> recipes) {
        int shared = 0;
        for (int i = 1; i < recipes.size(); i++) {
            String[] one = path(recipes.get(i - 1)).split(" ");
            String[] other = path(recipes.get(i)).split(" ");
            int mismatch = Arrays.mismatch(one, other);
            shared += mismatch < 0 ? one.length : mismatch;
        }
        return shared;
    }
}
