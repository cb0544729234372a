package io.mendel.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mendel.results.CampaignState;
import io.mendel.results.Candidate;
import io.mendel.results.Outcome;
import io.mendel.results.store.StoreException;
import io.mendel.space.InvalidInputException;
import io.mendel.space.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may go wrong around a campaign, and what must come of it. */
class SurvivalTest {

    private static final Map<String, String> TINY = Map.of("evaluation",
            "{items: 2, validation_items: 1, test_items: 1}", "budget.evaluations", "10",
            "search.population", "4");

    @TempDir
    private Path folder;

    private static CampaignSpec tiny(String... changes) throws InvalidInputException {
        var all = new HashMap<>(TINY);
        for (int i = 0; i < changes.length; i += 2) {
            all.put(changes[i], changes[i + 1]);
        }
        return SmallCampaign.spec(all);
    }

    private void run(CampaignSpec spec, BooleanSupplier stop, UnaryOperator<RecipeScorer> wrapping)
            throws Exception {
        new CampaignSession(spec, folder.resolve("campaign"),
                new CampaignSession.Options(1, 2, false), CampaignListener.SILENT, stop, wrapping)
                .run();
    }

    private CampaignSummary summary() throws Exception {
        return CampaignSummary.read(folder.resolve("campaign"));
    }

    /** A real scorer that does something else for the n-th recipe it is given. */
    private record Faulty(RecipeScorer scorer, AtomicInteger calls, int when, Fault fault)
            implements
                RecipeScorer {

        interface Fault {
            Outcome instead() throws InterruptedException;
        }

        static UnaryOperator<RecipeScorer> at(int when, Fault fault) {
            return scorer -> new Faulty(scorer, new AtomicInteger(), when, fault);
        }

        @Override
        public Outcome score(Recipe recipe, ItemRole role, Race race) {
            if (calls.incrementAndGet() != when) {
                return scorer.score(recipe, role, race);
            }
            try {
                return fault.instead();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return new Outcome.Failed("interrupted");
            }
        }

        @Override
        public void close() {
            scorer.close();
        }
    }

    private static Outcome forEver() throws InterruptedException {
        new CountDownLatch(1).await();
        throw new IllegalStateException("Nobody counts down.");
    }

    private List<String> failures() throws Exception {
        var contents = summary().contents();
        return contents.candidates()
                .stream()
                .map((Candidate candidate) -> contents.outcome(candidate))
                .filter(Outcome.Failed.class::isInstance)
                .map(outcome -> ((Outcome.Failed) outcome).reason())
                .toList();
    }

    @Test
    void anEvaluationThatTakesTooLongHasFailedAndTheCampaignGoesOn() throws Exception {
        run(tiny("limits.seconds", "3"), () -> false, Faulty.at(12, SurvivalTest::forEver));

        assertThat(failures()).containsExactly("took longer than limits.seconds, 3.0");
        assertThat(summary().status().state()).isEqualTo(CampaignState.FINISHED);
    }

    @Test
    void aDefectThatShowsWithOneCandidateIsThatCandidatesFailure() throws Exception {
        run(tiny(), () -> false, Faulty.at(13, () -> {
            throw new IllegalStateException("injected");
        }));

        assertThat(failures())
                .containsExactly("unexpected: java.lang.IllegalStateException: injected");
        assertThat(summary().status().state()).isEqualTo(CampaignState.FINISHED);
    }

    @Test
    void aLongEvaluationIsAbandonedWhenAskedToStopAndNotRecorded() throws Exception {
        var begun = new CountDownLatch(1);
        long start = System.nanoTime();

        assertThatThrownBy(() -> run(tiny(), () -> begun.getCount() == 0, Faulty.at(4, () -> {
            begun.countDown();
            return forEver();
        }))).isInstanceOf(StoppedException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
        assertThat(summary().status().state()).isEqualTo(CampaignState.PAUSED);
        run(tiny(), () -> false, UnaryOperator.identity());
        assertThat(failures()).isEmpty();
    }

    @Test
    void theMemoryGuardEndsTheEvaluationThatBeganLast() throws Exception {
        var watched = new CountDownLatch(1);
        try (var watchdog = new Watchdog(new Limits(0, 1), () -> false,
                () -> watched.getCount() == 0 ? 3L << 30 : 0)) {
            Watchdog.Watch watch = watchdog.watch();
            watched.countDown();
            assertThatThrownBy(() -> TimeUnit.MINUTES.sleep(1))
                    .isInstanceOf(InterruptedException.class);
            assertThat(watch.end()).isEqualTo(new Watchdog.Verdict(false,
                    "the process grew to 3.00 GiB, more than limits.memory_gib, 1.0"));
        }
        assertThat(ResidentMemory.bytes()).isGreaterThan(1 << 20);
    }

    /** The demo's models where they may be damaged. */
    private CampaignSpec copied(String... changes) throws Exception {
        Path models = folder.resolve("models");
        for (String name : List.of("base", "math-en", "chat-ja", "sort-en")) {
            Path to = Files.createDirectories(models.resolve(name));
            try (Stream<Path> files = Files.list(SmallCampaign.DEMO.resolve("models/" + name))) {
                for (Path file : files.toList()) {
                    Files.copy(file, to.resolve(file.getFileName()));
                }
            }
        }
        var all = new HashMap<>(TINY);
        all.put("models.base", models.resolve("base").toString());
        all.put("models.parents", Stream.of("math-en", "chat-ja", "sort-en")
                .map(name -> models.resolve(name).toString())
                .toList()
                .toString());
        for (int i = 0; i < changes.length; i += 2) {
            all.put(changes[i], changes[i + 1]);
        }
        return SmallCampaign.spec(all);
    }

    @Test
    void aParentThatIsWrittenMeanwhileStopsTheCampaign() throws Exception {
        CampaignSpec spec = copied();
        Path weights = folder.resolve("models/chat-ja/model.safetensors");
        FileTime before = Files.getLastModifiedTime(weights);

        assertThatThrownBy(() -> run(spec, () -> false, scorer -> new Faulty(scorer,
                new AtomicInteger(), 5, () -> {
                    touch(weights, FileTime.from(Instant.EPOCH));
                    return new Outcome.Failed("computed from weights that changed");
                }))).isInstanceOf(StoppedException.class)
                .hasMessageContaining("chat-ja")
                .hasMessageContaining("was written while the campaign ran");

        touch(weights, before);
        run(spec, () -> false, UnaryOperator.identity());
        assertThat(failures()).isEmpty();
    }

    private static void touch(Path file, FileTime time) {
        try {
            Files.setLastModifiedTime(file, time);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void deletedAndChangedParentsAndTasksAreNamedBeforeGoingOn() throws Exception {
        Path tasks = Files.createDirectories(folder.resolve("tasks"));
        for (String split : List.of("train", "dev", "test")) {
            String name = "arith_en." + split + ".jsonl";
            Files.copy(SmallCampaign.DEMO.resolve("tasks").resolve(name), tasks.resolve(name));
        }
        Path data = tasks.resolve("arith_en.dev.jsonl");
        Path task = Files.writeString(tasks.resolve("arith_en.yaml"),
                Files.readString(SmallCampaign.DEMO.resolve("tasks/arith_en.yaml"))
                        .replace("tasks/", tasks + "/"));
        CampaignSpec spec = copied("tasks", "[" + task + "]", "objectives",
                "[{name: arith, task: arith_en, metric: acc}]", "main", "arith",
                "budget.evaluations", "2");
        run(spec, () -> false, UnaryOperator.identity());
        Path weights = folder.resolve("models/chat-ja/model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);

        Files.delete(weights);
        assertThatThrownBy(() -> run(spec, () -> false, UnaryOperator.identity()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("chat-ja");

        byte[] changed = bytes.clone();
        changed[changed.length - 2] ^= 1;
        Files.write(weights, changed);
        assertThatThrownBy(() -> run(spec, () -> false, UnaryOperator.identity()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("chat-ja")
                .hasMessageContaining("changed");

        Files.write(weights, bytes);
        String lines = Files.readString(data);
        Files.writeString(data, lines.replaceAll("[0-9]", "7"),
                StandardOpenOption.TRUNCATE_EXISTING);
        assertThatThrownBy(() -> run(spec, () -> false, UnaryOperator.identity()))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("a task file or its data changed");

        Files.writeString(data, lines);
        run(spec, () -> false, UnaryOperator.identity());
        assertThat(summary().status().state()).isEqualTo(CampaignState.FINISHED);
    }

    @Test
    void everyBudgetEndsACampaign() throws Exception {
        run(tiny("budget", "{generations: 2}"), () -> false, UnaryOperator.identity());
        assertThat(summary().contents().history()).hasSize(2);
        assertThat(summary().status().state()).isEqualTo(CampaignState.FINISHED);
    }

    @Test
    void aSearchThatFindsNothingBetterEnds() throws Exception {
        run(tiny("budget", "{stagnation: 2}", "objectives",
                "[{name: size, measure: parameters, direction: maximize}]", "main", "size"),
                () -> false, UnaryOperator.identity());
        assertThat(summary().contents().history()).hasSize(3);
        assertThat(summary().status().state()).isEqualTo(CampaignState.FINISHED);
    }

    @Test
    void minutesStopACampaignThatCanBeResumed() throws Exception {
        assertThatThrownBy(() -> run(tiny("budget", "{minutes: 0.0001}"), () -> false,
                UnaryOperator.identity())).isInstanceOf(StoppedException.class);
        assertThat(summary().status().state()).isEqualTo(CampaignState.PAUSED);
    }
}
