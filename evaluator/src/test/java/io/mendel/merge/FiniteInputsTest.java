package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException.Kind;
import io.mendel.checkpoint.DType;
import io.mendel.checkpoint.UnusableTensorException;
import io.mendel.merge.OddTensorsTest.Case;
import io.mendel.merge.TestModels.TestTensor;
import io.mendel.space.MergeMethods;
import io.mendel.space.ParameterValue;
import io.mendel.space.Precision;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever tells that a parent is not finite, every method refuses it, wherever the element is. */
class FiniteInputsTest {

    private static final List<String> NAMES = List.of("a", "b", "c", "base");
    private static final List<DType> TYPES = List.of(DType.BF16, DType.F32);
    private static final int SIZE = 150 * 70;
    private static final int[] PLACES = {0, 7003, SIZE - 1};

    @TempDir
    static Path folder;
    private static final Map<String, Checkpoint> MODELS = new TreeMap<>();

    @BeforeAll
    static void writeModels() throws Exception {
        for (DType type : TYPES) {
            for (String name : NAMES) {
                write(name, type, -1, 0);
                write(name, type, 0, Float.NaN);
                write(name, type, SIZE - 1, Float.NEGATIVE_INFINITY);
                write(name, type, 7003, Float.POSITIVE_INFINITY);
            }
        }
    }

    private static void write(String name, DType type, int place, float value) throws Exception {
        var random = new SplittableRandom(name.hashCode());
        float[] values = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            values[i] = (float) random.nextGaussian();
        }
        if (place >= 0) {
            values[place] = value;
        }
        String key = key(name, type, place);
        MODELS.put(key, TestModels.write(folder.resolve(key), "{}", type,
                Map.of("w", new TestTensor(List.of(150L, 70L), values))));
    }

    private static String key(String name, DType type, int place) {
        return name + type + place;
    }

    @AfterAll
    static void closeModels() {
        MODELS.values().forEach(Checkpoint::close);
    }

    static Stream<Case> cases() {
        return OddTensorsTest.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aParentThatIsNotFiniteIsRefused(Case method, @TempDir Path outputs) throws Exception {
        Recipe recipe = method.recipe(List.of("a", "b", "c"), "base");
        int merges = 0;
        for (DType type : TYPES) {
            for (MergeKernels kernels : Engines.processor()) {
                for (String broken : merged(recipe, parents(type, "", -1))) {
                    int place = PLACES[merges % PLACES.length];
                    Path out = outputs.resolve("out" + merges++);
                    var refusal = catchThrowableOfType(UnusableTensorException.class,
                            () -> write(recipe, parents(type, broken, place), kernels, out));
                    assertThat(refusal).as("%s %s %s[%d]", kernels.name(), type, broken, place)
                            .isNotNull();
                    assertThat(refusal.problem().kind()).isEqualTo(Kind.NOT_FINITE);
                    assertThat(refusal.problem())
                            .hasMessageContaining("element " + place + " of 'w'");
                    assertThat(Files.notExists(out)).isTrue();
                }
            }
        }
        write(recipe, parents(TYPES.getFirst(), "", -1), MergeKernels.preferred(),
                outputs.resolve("good"));
    }

    /** The models whose weights a recipe merges; a base may lend its configuration only. */
    private static Set<String> merged(Recipe recipe, Map<String, Checkpoint> parents)
            throws MergeException {
        return MergePlanner.plan(recipe, parents)
                .tensor("w")
                .inputs()
                .stream()
                .map(TensorInput::model)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Map<String, Checkpoint> parents(DType type, String broken, int place) {
        var parents = new TreeMap<String, Checkpoint>();
        for (String name : NAMES) {
            parents.put(name,
                    MODELS.get(key(name, type, name.equals(broken) ? place : -1)));
        }
        return parents;
    }

    private static void write(Recipe recipe, Map<String, Checkpoint> parents,
            MergeKernels kernels, Path out) throws Exception {
        try (Merger merger = Merger.create(parents, StatisticsStore.inMemory(), kernels, 2,
                1000)) {
            merger.openOnce(MergePlanner.plan(recipe, parents)).write(out, WriteOptions.DEFAULT);
        }
    }

    @Test
    void whatOverflowsWasFinite() throws Exception {
        float[] large = {3e38f, -3e38f, 1};
        try (Checkpoint model = TestModels.write(folder.resolve("large"), "{}", DType.F32,
                Map.of("w", TestTensor.vector(large)));
                Merger merger = Merger.create(Map.of("m", model), StatisticsStore.inMemory(),
                        MergeKernels.preferred(), 1)) {
            var doubled = new Recipe(MergeMethods.LINEAR, null,
                    List.of(Slice.of(List.of(
                            Source.of("m",
                                    new TreeMap<>(Map.of("weight", ParameterValue.of(2))))))),
                    new TreeMap<>(Map.of("normalize", ParameterValue.of(0))), Precision.FLOAT32,
                    null, 0);
            Path out = folder.resolve("doubled");
            merger.openOnce(MergePlanner.plan(doubled, Map.of("m", model)))
                    .write(out, WriteOptions.DEFAULT);
            try (Checkpoint written = Checkpoint.open(out)) {
                assertThat(written.tensor("w").data().toArray(Elements.FLOAT)).containsExactly(
                        Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 2);
            }
        }
    }
}
