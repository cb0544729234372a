package io.mendel.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.checkpoint.Checkpoint;
import io.mendel.checkpoint.CheckpointException;
import io.mendel.checkpoint.TensorInfo;
import io.mendel.space.MergeMethod;
import io.mendel.space.MergeMethods;
import io.mendel.space.ParameterValue;
import io.mendel.space.Precision;
import io.mendel.space.Recipe;
import io.mendel.space.Slice;
import io.mendel.space.Source;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Merges the demo checkpoints: a base and three parents of 1.2 million bf16 parameters. */
class MergerTest {

    private static final Path DEMO = Path.of("../optimizer/demo/models");
    private static final Map<String, Checkpoint> PARENTS = new TreeMap<>();

    @TempDir
    Path folder;

    @BeforeAll
    static void openParents() throws CheckpointException {
        for (String name : List.of("base", "math-en", "chat-ja", "sort-en")) {
            PARENTS.put(name, Checkpoint.open(DEMO.resolve(name)));
        }
    }

    @AfterAll
    static void closeParents() {
        PARENTS.values().forEach(Checkpoint::close);
    }

    static List<Recipe> recipes() {
        return List.of(recipe(MergeMethods.LINEAR, 0.5), recipe(MergeMethods.SLERP, 0.5),
                recipe(MergeMethods.TASK_ARITHMETIC, 0.5), recipe(MergeMethods.TIES, 0.25),
                recipe(MergeMethods.TIES, 0.3), recipe(MergeMethods.DARE_LINEAR, 0.5),
                recipe(MergeMethods.DARE_TIES, 0.3), recipe(MergeMethods.BREADCRUMBS_TIES, 0.4),
                recipe(MergeMethods.DELLA, 0.5));
    }

    private static Recipe recipe(MergeMethod method, double density) {
        var sources = new ArrayList<Source>();
        for (String parent : List.of("math-en", "chat-ja", "sort-en")) {
            var parameters = new TreeMap<String, ParameterValue>();
            parameters.put("weight", ParameterValue.gradient(List.of(0.3, 0.7)));
            parameters.put("density", ParameterValue.of(density));
            sources.add(Source.of(parent, parameters));
        }
        boolean slerp = method.equals(MergeMethods.SLERP);
        var parameters = new TreeMap<String, ParameterValue>();
        if (slerp) {
            parameters.put("t", ParameterValue.of(0.4));
        } else if (method.has("rescale")) {
            parameters.put("rescale", ParameterValue.of(1));
        }
        return new Recipe(method, method.needsBase() ? "base" : null,
                List.of(Slice.of(slerp ? sources.subList(0, 1) : sources)), parameters, null, null,
                3);
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void readAndWrittenWeightsAreTheSameBytes(Recipe recipe) throws Exception {
        Path out = folder.resolve("out");
        try (Merger merger = merger(StatisticsStore.inMemory(), new ScalarMergeKernels(), 1,
                1 << 18)) {
            MergedModel model = merger.open(MergePlanner.plan(recipe, PARENTS));
            MergeReport report = model.write(out, WriteOptions.DEFAULT);
            try (Checkpoint written = Checkpoint.open(out)) {
                assertThat(written.tensors()).isEqualTo(model.tensors());
                assertThat(report.digest()).isEqualTo(written.digest());
                for (TensorInfo info : written.tensors().values()) {
                    float[] stored = new float[(int) info.elements()];
                    Elements elements = TensorElements.of(written.tensor(info.name()), 0,
                            stored.length);
                    for (int i = 0; i < stored.length; i++) {
                        stored[i] = elements.get(i);
                    }
                    assertThat(TestModels.read(model, info.name())).isEqualTo(stored);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void threadsChunksAndKernelsDoNotMatter(Recipe recipe) throws Exception {
        String digest = null;
        for (MergeKernels kernels : Engines.all()) {
            // Pieces of 4 MB on one thread, of 64 KB on two, of an odd size on three.
            for (int threads = kernels instanceof TensorKernels ? 3 : 1; threads <= 3; threads++) {
                int chunk = List.of(1 << 21, 1 << 15, 4097).get(threads - 1);
                Path out = folder.resolve(kernels.name() + threads + "-" + chunk);
                try (Merger merger = merger(StatisticsStore.inMemory(), kernels, threads, chunk)) {
                    MergeReport report = merger.open(MergePlanner.plan(recipe, PARENTS))
                            .write(out, new WriteOptions(1 << 20, 100_000, false, true,
                                    (written, total) -> {
                                    }));
                    digest = digest == null ? report.digest() : digest;
                    assertThat(report.digest()).as(out.toString()).isEqualTo(digest);
                }
            }
        }
    }

    @Test
    void warmingUpEndsAndChangesNothing() throws Exception {
        for (Recipe recipe : recipes()) {
            try (Merger merger = merger(StatisticsStore.inMemory(), MergeKernels.preferred(), 2,
                    4096)) {
                MergePlan plan = MergePlanner.plan(recipe, PARENTS);
                Path cold = folder.resolve("cold-" + recipe.hashCode());
                MergeReport before = merger.open(plan).write(cold, WriteOptions.DEFAULT);
                merger.warmUp(plan);
                Path warm = folder.resolve("warm-" + recipe.hashCode());
                assertThat(merger.open(plan).write(warm, WriteOptions.DEFAULT).digest())
                        .isEqualTo(before.digest());
            }
        }
    }

    private static Checkpoint parent(String name) {
        return Objects.requireNonNull(PARENTS.get(name), name);
    }

    private static Merger merger(StatisticsStore store, MergeKernels kernels, int threads,
            int chunk) {
        return Merger.create(PARENTS, store, kernels, threads, chunk);
    }

    @Test
    void theIdentityRecipeCopiesAModel() throws Exception {
        try (Merger merger = Merger.create(PARENTS, StatisticsStore.inMemory(),
                MergeKernels.preferred(), 2)) {
            var progress = new ArrayList<Long>();
            MergeReport report = merger.open(MergePlanner.plan(Recipe.identity("math-en"), PARENTS))
                    .write(folder.resolve("copy"), new WriteOptions(1 << 20, (written, total) -> {
                        progress.add(written);
                        assertThat(written).isLessThanOrEqualTo(total);
                    }));
            assertThat(report.digest()).isEqualTo(parent("math-en").digest());
            assertThat(report.bytesRead()).isEqualTo(report.bytesWritten());
            assertThat(progress).isSorted().last().isEqualTo(report.bytesWritten());
            assertThat(folder.resolve("copy/tokenizer.json"))
                    .hasSameBinaryContentAs(DEMO.resolve("math-en/tokenizer.json"));
            try (Checkpoint copy = Checkpoint.open(folder.resolve("copy"))) {
                assertThat(copy.config()).isEqualTo(parent("math-en").config());
            }
        }
    }

    @Test
    void zeroWeightsGiveTheBaseBack() throws Exception {
        var source = Source.of("chat-ja", Map.of("weight", ParameterValue.of(0)));
        for (MergeMethod method : List.of(MergeMethods.TASK_ARITHMETIC, MergeMethods.TIES,
                MergeMethods.DARE_TIES)) {
            var recipe = new Recipe(method, "base", List.of(Slice.of(List.of(source))),
                    new TreeMap<>(), null, null, 0);
            try (Merger merger = Merger.create(PARENTS, StatisticsStore.inMemory(),
                    MergeKernels.preferred(), 1)) {
                MergedModel model = merger.open(MergePlanner.plan(recipe, PARENTS));
                String norm = "model.layers.3.input_layernorm.weight";
                Elements base = TensorElements.of(parent("base").tensor(norm), 0, 128);
                float[] merged = TestModels.read(model, norm);
                for (int i = 0; i < merged.length; i++) {
                    assertThat(merged[i]).isEqualTo(base.get(i));
                }
            }
        }
    }

    @Test
    void configurationFollowsDepthAndType() throws Exception {
        var source = new Source("math-en", new io.mendel.space.LayerRange(1, 3),
                new TreeMap<>(Map.of("weight", ParameterValue.of(1))));
        var recipe = new Recipe(MergeMethods.LINEAR, null,
                List.of(Slice.of(List.of(source)), Slice.of(List.of(source))),
                new TreeMap<>(), null, Precision.FLOAT16, 0);
        try (Merger merger = Merger.create(PARENTS, StatisticsStore.inMemory(),
                MergeKernels.preferred(), 1)) {
            var config = merger.open(MergePlanner.plan(recipe, PARENTS)).config();
            assertThat(config.get("num_hidden_layers").asInt()).isEqualTo(4);
            assertThat(config.get("dtype").asText()).isEqualTo("float16");
            assertThat(config.has("torch_dtype")).isFalse();
            assertThat(config.get("tie_word_embeddings").asBoolean()).isTrue();
        }
    }

    @Test
    void savedStatisticsGiveTheSameModel() throws Exception {
        Path statistics = folder.resolve("statistics");
        var files = new ArrayList<byte[]>();
        String digest = null;
        for (String run : List.of("computed", "reloaded", "repaired")) {
            if (run.equals("repaired")) {
                for (Path file : files(statistics)) {
                    byte[] bytes = Files.readAllBytes(file);
                    bytes[bytes.length / 2] ^= 1;
                    Files.write(file, bytes);
                }
            }
            StatisticsStore store = StatisticsStore.at(statistics);
            for (Recipe recipe : recipes()) {
                try (Merger merger = merger(store, MergeKernels.preferred(), 2, 1 << 18)) {
                    merger.open(MergePlanner.plan(recipe, PARENTS));
                }
            }
            try (Merger merger = merger(store, MergeKernels.preferred(), 2, 1 << 18)) {
                String written = merger
                        .open(MergePlanner.plan(recipe(MergeMethods.TIES, 0.5), PARENTS))
                        .write(folder.resolve(run), WriteOptions.DEFAULT)
                        .digest();
                digest = digest == null ? written : digest;
                assertThat(written).isEqualTo(digest);
            }
            for (int i = 0; i < files(statistics).size(); i++) {
                byte[] bytes = Files.readAllBytes(files(statistics).get(i));
                if (run.equals("computed")) {
                    files.add(bytes);
                }
                assertThat(bytes).as(run).isEqualTo(files.get(i));
            }
        }
        assertThat(files).hasSize(3);
    }

    private static List<Path> files(Path directory) throws Exception {
        try (var list = Files.list(directory)) {
            return list.sorted().toList();
        }
    }

    @Test
    void unknownTensorsAndWrongTargetsAreRefused() throws Exception {
        try (Merger merger = Merger.create(PARENTS, StatisticsStore.inMemory(),
                MergeKernels.preferred(), 1);
                Arena arena = Arena.ofConfined()) {
            MergedModel model = merger.open(MergePlanner.plan(Recipe.identity("base"), PARENTS));
            MemorySegment small = arena.allocate(8);
            assertThatThrownBy(() -> model.read("nothing", small))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> model.read("model.norm.weight", small))
                    .hasMessageContaining("512 bytes");
        }
    }
}
