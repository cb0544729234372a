package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.merge.WriteOptions;
import io.mendel.merge.cuda.MergeDevice;
import io.mendel.results.CampaignState;
import io.mendel.results.Candidate;
import io.mendel.results.Outcome;
import io.mendel.results.store.CampaignStore;
import io.mendel.space.DocumentException;
import io.mendel.space.MergekitReader;
import io.mendel.space.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PathCampaignTest {

    private static final String FLOW = "{type: data_flow, data_flow: {min_layers: 4, max_layers: 9}}";
    private static final String STAGED = "{type: hybrid, parameter_share: 0.5, methods: [task_arithmetic], "
            + "data_flow: {min_layers: 4, max_layers: 8, search: {algorithm: ga, population: 5}}}";

    @TempDir
    private Path folder;

    private static CampaignSpec spec(String space, Map<String, String> overrides)
            throws DocumentException {
        var all = new HashMap<>(Map.of("space", space, "evaluation.items", "5",
                "evaluation.validation_items", "4", "evaluation.test_items", "3",
                "search.population", "8", "budget.evaluations", "20"));
        all.putAll(overrides);
        return SmallCampaign.spec(all);
    }

    private static void run(CampaignSpec spec, Path directory, int workers, BooleanSupplier stop,
            CampaignListener listener) throws Exception {
        new CampaignSession(spec, directory, new CampaignSession.Options(workers, 2, false),
                listener, stop).run();
    }

    private static void run(CampaignSpec spec, Path directory) throws Exception {
        run(spec, directory, 1, () -> false, CampaignListener.SILENT);
    }

    private static String content(Path directory) throws Exception {
        try (CampaignStore store = CampaignStore.read(directory)) {
            return store.contentDigest();
        }
    }

    /** What each candidate scored, item by item. */
    private static List<Object> outcomes(Path directory) throws Exception {
        try (CampaignStore store = CampaignStore.read(directory)) {
            return List.of(store.candidates().stream().map(Candidate::recipeDigest).toList(),
                    store.contents().evaluations().values().stream().map(e -> e.outcome()).toList(),
                    Objects.requireNonNull(store.contents().winner()));
        }
    }

    @Test
    void commonBeginningsSaveWorkAndChangeNothing() throws Exception {
        run(spec(FLOW, Map.of()), folder.resolve("cached"));
        run(spec(FLOW, Map.of()), folder.resolve("workers"), 2, () -> false,
                CampaignListener.SILENT);
        run(spec(FLOW, Map.of("evaluation.prefix_cache", "0")), folder.resolve("without"));
        run(spec(FLOW, Map.of("evaluation.prefix_cache", "300kB")), folder.resolve("little"));

        var cached = CampaignSummary.read(folder.resolve("cached"));
        assertThat(cached.contents().layerRuns().share()).isGreaterThan(0.1);
        assertThat(cached.status().toJson().at("/timings/layer_runs_saved").asLong()).isPositive();
        assertThat(CampaignSummary.read(folder.resolve("without")).contents().layerRuns().saved())
                .isZero();
        assertThat(content(folder.resolve("workers"))).isEqualTo(content(folder.resolve("cached")));
        assertThat(outcomes(folder.resolve("without")))
                .isEqualTo(outcomes(folder.resolve("cached")));
        assertThat(outcomes(folder.resolve("little")))
                .isEqualTo(outcomes(folder.resolve("cached")));
        assertThat(cached.contents().failed()).isZero();
        assertThat(cached.contents().candidates().getFirst().origin()).isEqualTo("path:math-en");
    }

    /** The demo on a few items, which changes nothing about what is shared. */
    @Test
    @Tag("slow")
    void commonBeginningsSaveAThirdOfTheDemosLayers() throws Exception {
        Path file = SmallCampaign.DEMO.resolve("data-flow.yaml");
        run(Campaigns.read(Files.readString(file), file,
                Map.of("evaluation.items", "5", "evaluation.validation_items", "3",
                        "evaluation.test_items", "3", "budget.evaluations", "200")),
                folder);

        assertThat(CampaignSummary.read(folder).contents().layerRuns().share())
                .isGreaterThan(0.3);
    }

    @Test
    void aStagedSearchGoesOnAcrossTheBorderWhereverItStopped() throws Exception {
        CampaignSpec spec = spec(STAGED, Map.of());
        Path straight = folder.resolve("straight");
        run(spec, straight);

        Path stopped = folder.resolve("stopped");
        for (int session = 1; !finished(stopped); session++) {
            var asked = new AtomicInteger();
            int patience = 7 * session;
            try {
                run(spec, stopped, 2, () -> asked.incrementAndGet() > patience,
                        CampaignListener.SILENT);
            } catch (StoppedException e) {
                assertThat(e).isNotNull();
            }
        }
        assertThat(content(stopped)).isEqualTo(content(straight));

        Path border = folder.resolve("border");
        assertThatThrownBy(() -> run(spec, border, 1, () -> false, new CampaignListener() {
            @Override
            public void phase(String phase, int evaluations) {
                if (phase.startsWith("building")) {
                    throw new IllegalStateException("the process dies at the border");
                }
            }
        })).isInstanceOf(IllegalStateException.class);
        String name = stage(straight);
        Path halfBuilt = border.resolve("stages/." + name + ".mendel-partial");
        Files.createDirectories(halfBuilt);
        Files.writeString(halfBuilt.resolve("model.safetensors"), "half a mod");
        run(spec, border);
        assertThat(content(border)).isEqualTo(content(straight));
        assertThat(Files.exists(halfBuilt)).isFalse();
    }

    private static boolean finished(Path directory) throws Exception {
        return CampaignStore.exists(directory)
                && CampaignSummary.read(directory).status().state() == CampaignState.FINISHED;
    }

    private static String stage(Path directory) {
        return Objects.requireNonNull(directory.resolve("stages").toFile().list())[0];
    }

    @Test
    void aStagedWinnerIsARecipeThatAnyoneCanRebuild() throws Exception {
        Path directory = folder.resolve("campaign");
        run(spec(STAGED, Map.of("budget.evaluations", "14")), directory);
        var contents = CampaignSummary.read(directory).contents();
        long id = contents.candidates()
                .stream()
                .filter(candidate -> candidate.recipe().contains(stage(directory)))
                .filter(candidate -> contents.finished(candidate) != null)
                .mapToLong(Candidate::id)
                .max()
                .orElseThrow();

        Path file = new CampaignExport(directory, String.valueOf(id), folder.resolve("path.yaml"))
                .recipe();
        var sequence = MergekitReader.readAll(Files.readString(file), "path.yaml");
        assertThat(sequence.names()).containsExactly(stage(directory));
        var build = new ModelBuild(SmallCampaign.DEMO::resolve, 2, WriteOptions.DEFAULT,
                MergeDevice.processor());
        String rebuilt = new SequenceBuild(build, null, false)
                .write(sequence, folder.resolve("rebuilt"), (written, total) -> {
                })
                .digest();

        remove(directory.resolve("stages").resolve(stage(directory)));
        Path exported = new CampaignExport(directory, String.valueOf(id), folder.resolve("model"))
                .folder((written, total) -> {
                }, MergeDevice.processor());
        assertThat(exported.resolve("README.md")).content().contains(rebuilt);
        assertThat(exported.resolve("mergekit_config.yml")).content()
                .isEqualTo(Files.readString(file));
    }

    private static void remove(Path directory) throws Exception {
        for (var file : Objects.requireNonNull(directory.toFile().listFiles())) {
            Files.delete(file.toPath());
        }
        Files.delete(directory);
    }

    @Test
    void everyStepOfAJointSearchIsMerged() throws Exception {
        run(spec(
                "{type: hybrid, mode: joint, methods: [ties], data_flow: {encoding: compact, repeats: 2}}",
                Map.of("search.algorithm", "cma_es", "budget.evaluations", "9")), folder);

        var summary = CampaignSummary.read(folder);
        assertThat(summary.contents().failed()).isZero();
        Recipe recipe = summary.recipe(summary.contents().candidates().size());
        assertThat(recipe.method().name()).isEqualTo("ties");
        assertThat(recipe.slices()).allSatisfy(slice -> assertThat(slice.sources()).hasSize(3));
    }

    /** A copy of a demo model with other layers. */
    private Path model(String name, int... layers) throws Exception {
        var text = new StringBuilder("merge_method: passthrough\nslices:\n");
        for (int layer : layers) {
            text.append("  - sources: [{model: models/sort-en, layer_range: [%d, %d]}]%n"
                    .formatted(layer, layer + 1));
        }
        Path target = folder.resolve(name);
        new ModelBuild(SmallCampaign.DEMO::resolve, 2, WriteOptions.DEFAULT,
                MergeDevice.processor())
                .write(MergekitReader.read(text.toString(), name), target, (written, total) -> {
                });
        return target;
    }

    @Test
    void parentsOfDifferentDepthsShareAPath() throws Exception {
        Path deep = model("deep", 0, 1, 2, 2, 3, 3, 4, 5);
        Path shallow = model("shallow", 0, 1, 5);
        Path directory = folder.resolve("depths");
        var settings = Map.of("models.parents", "[models/math-en, " + deep + ", " + shallow + "]",
                "search.algorithm", "cma_es", "search.population", "6", "budget.evaluations", "10",
                "objectives",
                "[{name: know, task: know_ja, metric: acc}, {name: layers, measure: layers}, {name: flops, measure: flops}]",
                "main", "know");
        run(spec("{type: data_flow, data_flow: {encoding: compact, repeats: 3, max_layers: 30}}",
                settings), directory);

        var contents = CampaignSummary.read(directory).contents();
        assertThat(contents.failed()).isZero();
        assertThat(contents.baselines()).extracting(b -> b.name())
                .containsExactlyInAnyOrder("base", "parent:math-en", "parent:deep",
                        "parent:shallow");
        for (Candidate candidate : contents.candidates()) {
            var finished = Objects.requireNonNull(contents.finished(candidate));
            double layers = CampaignSummary.read(directory).recipe(candidate.id()).slices().size();
            assertThat(finished.objectives()).containsEntry("layers", layers);
            assertThat(Objects.requireNonNull(finished.objectives().get("flops")))
                    .isEqualTo(layers * 2 * (128 * 128 * 2 + 2 * 128 * 64 + 3 * 128 * 352)
                            + 2 * 722 * 128);
        }
    }

    @Test
    void pathsOfOneStepAndOfTwoHundredRun() throws Exception {
        for (int length : new int[]{1, 200}) {
            Path directory = folder.resolve("length" + length);
            run(spec(
                    "{type: data_flow, data_flow: {fixed_ends: false, min_layers: %d, max_layers: %d}}"
                            .formatted(length, length),
                    Map.of("budget.evaluations", "3", "search.population", "2",
                            "search.finalists", "1", "evaluation.items", "1",
                            "evaluation.validation_items", "1", "evaluation.test_items", "1")),
                    directory);
            var contents = CampaignSummary.read(directory).contents();
            assertThat(contents.failed()).isZero();
            assertThat(CampaignSummary.read(directory).recipe(1).slices()).hasSize(length);
            assertThat(contents.outcome(contents.candidates().getFirst()))
                    .isInstanceOf(Outcome.Finished.class);
        }
    }

    @Test
    void modelsThatCannotShareAPathAreRefusedBeforeAnythingIsWritten() throws Exception {
        Path golden = Path.of("../evaluator/src/test/resources/golden/architectures")
                .toAbsolutePath();
        Path directory = folder.resolve("never");
        for (String space : List.of(FLOW, STAGED)) {
            CampaignSpec spec = spec(space, Map.of("models.parents",
                    "[models/chat-ja, " + golden.resolve("llama/model") + "]"));
            assertThatThrownBy(() -> run(spec, directory))
                    .isInstanceOf(CampaignException.class)
                    .hasMessageContaining("vocab_size is 96");
        }
        Path turned = model("turned", 0, 1, 2, 3, 4, 5);
        Path config = turned.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("10000.0", "20000.0"));
        CampaignSpec other = spec(FLOW,
                Map.of("models.parents", "[models/chat-ja, " + turned + "]"));
        assertThatThrownBy(() -> run(other, directory)).isInstanceOf(CampaignException.class)
                .hasMessageContaining("its rope.inverse_frequencies is");
        Path deep = model("deep", 0, 1, 2, 3, 4, 4, 5);
        CampaignSpec staged = spec(STAGED,
                Map.of("models.parents", "[models/chat-ja, " + deep + "]"));
        assertThatThrownBy(() -> run(staged, directory)).isInstanceOf(CampaignException.class)
                .hasMessageContaining("its layers is 7");
        assertThat(Files.exists(directory)).isFalse();
    }

    @Test
    void spacesThatMakeNoSenseAreRefusedWithARemedy() {
        assertThatThrownBy(() -> spec(FLOW, Map.of("search.algorithm", "cma_es")))
                .hasMessageContaining("encoding: compact");
        assertThatThrownBy(() -> spec("{type: data_flow, methods: [ties]}", Map.of()))
                .hasMessageContaining("methods");
        assertThatThrownBy(() -> spec("{type: hybrid, mode: joint, layer_groups: 2}", Map.of()))
                .hasMessageContaining("layer_groups");
        assertThatThrownBy(() -> spec("{type: data_flow, data_flow: {scale: {min: 1.1, max: 2}}}",
                Map.of())).hasMessageContaining("around 1");
        assertThatThrownBy(() -> spec("{type: hybrid, parameter_share: 1}", Map.of()))
                .hasMessageContaining("below 1");
        assertThatThrownBy(() -> spec(FLOW, Map.of("evaluation.prefix_cache", "much")))
                .hasMessageContaining("512MB");
    }
}
